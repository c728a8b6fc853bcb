#include "advise/advice.h"

#include <fmt/format.h>

#include <algorithm>

#include "ask/ink.h"
#include "base/strings.h"

namespace pyfw {
namespace {

std::string head_of(const Advice& advice, const Ink& ink) {
  auto message = fmt::format("{} [{}]", advice.message, advice.id);
  if (advice.place) return render(Error{.message = message, .place = advice.place}, word_of(advice.severity));
  auto word = std::string(word_of(advice.severity));
  auto painted = advice.severity == Severity::kError     ? ink.red(word)
                 : advice.severity == Severity::kWarning ? ink.yellow(word)
                                                         : ink.dim(word);
  return fmt::format("{}: {}", painted, escape_control(message));
}

}  // namespace

std::string_view word_of(Severity severity) {
  switch (severity) {
    case Severity::kNote: return "note";
    case Severity::kWarning: return "warning";
    case Severity::kError: return "error";
  }
  return {};
}

bool matter(std::span<const Advice> advices) {
  return std::ranges::any_of(advices,
                             [](const Advice& advice) { return advice.severity != Severity::kNote; });
}

std::string as_text(std::span<const Advice> advices, bool colour) {
  Ink ink(colour);
  std::string out;
  for (const auto& advice : advices) {
    if (!out.empty()) out += "\n";
    out += head_of(advice, ink) + "\n";
    if (!advice.why.empty()) out += fmt::format("   why: {}\n", escape_control(advice.why));
    if (!advice.instead.empty()) out += fmt::format("   instead: {}\n", escape_control(advice.instead));
  }
  return out;
}

}  // namespace pyfw
