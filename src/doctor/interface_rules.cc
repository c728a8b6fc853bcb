#include "doctor/interface_rules.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "base/contains.h"

namespace pyfw {
namespace {

template <typename Predicate>
bool any_filter_rule(const Ruleset& rules, Predicate holds) {
  const auto* filter = find_table(rules, "filter");
  return filter != nullptr && std::ranges::any_of(filter->chains, [&](const Chain& chain) {
           return std::ranges::any_of(chain.rules, holds);
         });
}

bool fits(std::string_view pattern, std::string_view interface) {
  if (!pattern.ends_with('+')) return pattern == interface;
  pattern.remove_suffix(1);
  return !pattern.empty() && interface.starts_with(pattern);
}

bool is_of_network(std::string_view address, const Interface& interface) {
  auto named = Prefix::parse(address);
  return named && named->length > 0 && std::ranges::any_of(interface.addresses, [&](const Prefix& own) {
           auto shorter = std::min(named->length, own.length);
           return named->ip.family() == own.ip.family() &&
                  named->ip.masked(shorter) == own.ip.masked(shorter);
         });
}

bool names(const Rule& rule, const Interface& interface) {
  auto words = tokens_of(rule);
  for (std::size_t i = 0; i + 1 < words.size(); ++i) {
    if (i > 0 && words[i - 1] == "!") continue;
    bool is_interface = words[i] == "-i" || words[i] == "-o";
    bool is_address = words[i] == "-s" || words[i] == "-d";
    if (is_interface && fits(words[i + 1], interface.name)) return true;
    if (is_address && is_of_network(words[i + 1], interface)) return true;
  }
  return false;
}

}  // namespace

bool is_named_in_filter(const Ruleset& rules, const Interface& interface) {
  return any_filter_rule(rules, [&](const Rule& rule) {
    auto target = target_of(rule);
    return target != "DROP" && target != "REJECT" && names(rule, interface);
  });
}

bool knows_bridged_frames(const Ruleset& rules) {
  return any_filter_rule(rules, [](const Rule& rule) {
    return contains(tokens_of(rule), "--physdev-is-bridged") && target_of(rule) == "ACCEPT";
  });
}

}  // namespace pyfw
