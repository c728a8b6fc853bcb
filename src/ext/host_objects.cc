#include "ext/host_objects.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "base/contains.h"

namespace pyfw {
namespace {

constexpr std::array<std::string_view, 3> kMatches = {"nfacct", "cgroup", "rateest"};
constexpr std::array<std::string_view, 3> kTargets = {"IDLETIMER", "LED", "RATEEST"};

// A name or a log prefix may hold any of these words, so they are looked for among the rule's own.
bool needs_one(const std::vector<std::string>& words) {
  bool is_tracking = false;
  for (std::size_t i = 0; i + 1 < words.size(); ++i) {
    if (words[i] == "-m" && contains(kMatches, words[i + 1])) return true;
    if (words[i] == "-j" && contains(kTargets, words[i + 1])) return true;
    if (words[i] == "-j" && words[i + 1] == "CT") is_tracking = true;
    if (is_tracking && words[i] == "--timeout") return true;
  }
  return false;
}

}  // namespace

bool needs_host_object(const Rule& rule) {
  constexpr std::array<std::string_view, 7> kSigns = {"-m nfacct", "-m cgroup",  "-m rateest", "-j IDLETIMER",
                                                      "-j LED",    "-j RATEEST", "-j CT "};
  // Nearly all rules show none of these, and need not be taken apart.
  bool may =
      std::ranges::any_of(kSigns, [&](auto sign) { return rule.text.find(sign) != std::string::npos; });
  return may && needs_one(tokens_of(rule));
}

}  // namespace pyfw
