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

// Nearly all rules show no sign of it, and need not be taken apart.
bool may_need_one(std::string_view text) {
  for (auto at = text.find('-'); at != std::string_view::npos; at = text.find('-', at + 1)) {
    auto rest = text.substr(at + 1);
    auto begins = [rest = rest.substr(std::min<std::size_t>(2, rest.size()))](std::string_view word) {
      return rest.starts_with(word);
    };
    if (rest.starts_with("m ") && std::ranges::any_of(kMatches, begins)) return true;
    if (rest.starts_with("j ") && (begins("CT") || std::ranges::any_of(kTargets, begins))) return true;
  }
  return false;
}

}  // namespace

bool needs_host_object(const Rule& rule) { return may_need_one(rule.text) && needs_one(tokens_of(rule)); }

}  // namespace pyfw
