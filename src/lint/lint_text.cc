#include "lint/lint_text.h"

#include <algorithm>
#include <vector>

#include "base/strings.h"
#include "show/totals.h"

namespace pyfw {

std::string lint_text(std::span<const Advice> advices, bool colour) {
  if (advices.empty()) return "Nothing found.\n";
  std::vector<std::string> parts;
  for (auto [severity, one, many] : {std::tuple(Severity::kError, "error", "errors"),
                                     {Severity::kWarning, "warning", "warnings"},
                                     {Severity::kNote, "note", "notes"}}) {
    auto count = static_cast<std::size_t>(std::ranges::count(advices, severity, &Advice::severity));
    if (count != 0) parts.push_back(counted(count, one, many));
  }
  return as_text(advices, colour) + "\n" + join(parts, ", ") + ".\n";
}

}  // namespace pyfw
