#include "wish/references.h"

#include <fmt/format.h>

#include <map>
#include <set>
#include <string_view>

#include "base/strings.h"
#include "ext/targets.h"

namespace pyfw {
namespace {

// The names that the rules of one table can refer to.
struct Known {
  std::set<std::string, std::less<>> chains;
  std::map<std::string, bool, std::less<>> sets;  // and whether they are of the rule's family
};

Known known_in(const Wishes& wishes, const State& live, Family family, std::string_view table) {
  Known known;
  if (const auto* in = find_table(ruleset_of(live, family), table))
    for (const auto& chain : in->chains) known.chains.insert(chain.name);
  for (const auto& [id, chain] : wishes.chains)
    if (id.family == family && id.table == table) known.chains.insert(id.chain);
  for (const auto& set : live.sets) known.sets.insert_or_assign(set.name, has_family(set, family));
  for (const auto& [name, wish] : wishes.sets) {
    auto option = wish.options.find("family");
    bool inet6 = option != wish.options.end() && option->second.text == "inet6";
    const auto* there = find_set(live.sets, name);
    bool fits = !wish.type || !wish.type->text.starts_with("hash:") || wish.type->text == "hash:mac" ||
                inet6 == (family == Family::kIpv6);
    if (there == nullptr || option != wish.options.end()) known.sets.insert_or_assign(name, fits);
  }
  return known;
}

Result<void> check_sets(const WrittenRule& rule, const Known& known, Family family) {
  for (const auto& set : rule.sets) {
    auto found = known.sets.find(set.text);
    if (found == known.sets.end()) {
      std::vector<std::string_view> names;
      for (const auto& [name, fits] : known.sets) names.push_back(name);
      auto hint = did_you_mean(set.text, names);
      return bad_input(set.place, fmt::format("no set is called '{}'", set.text),
                       hint.empty() ? "sets stand under ipsets:, or are on the host already" : hint);
    }
    if (!found->second)
      return bad_input(
          set.place,
          fmt::format("set '{}' holds addresses of {}", set.text, family == Family::kIpv4 ? "IPv6" : "IPv4"),
          "a set is of one family: see its option 'family'");
  }
  return {};
}

Result<void> check_target_exists(const WrittenRule& rule, const Known& known, const ChainId& id) {
  const auto& target = rule.target;
  if (is_known_target(target.text) && !known.chains.contains(target.text)) return {};
  if (!known.chains.contains(target.text)) {
    std::vector<std::string_view> names(known.chains.begin(), known.chains.end());
    for (std::string_view verdict :
         {"ACCEPT", "DROP", "REJECT", "RETURN", "LOG", "MASQUERADE", "DNAT", "SNAT"})
      names.push_back(verdict);
    return bad_input(target.place, fmt::format("no chain or target is called '{}'", target.text),
                     did_you_mean(target.text, names));
  }
  if (is_builtin(id.table, target.text))
    return bad_input(target.place,
                     fmt::format("'{}' is a builtin chain: nothing can jump to it", target.text));
  if (target.text == id.chain) return bad_input(target.place, "a chain can't jump to itself");
  return {};
}

}  // namespace

Result<void> check_references(const Wishes& wishes, const WrittenRules& written, const State& live) {
  // Chains of one table follow each other, and may be thousands.
  Known known;
  const ChainId* before = nullptr;
  for (const auto& [id, rules] : written) {
    bool is_other_table = before == nullptr || before->family != id.family || before->table != id.table;
    if (is_other_table) known = known_in(wishes, live, id.family, id.table);
    before = &id;
    for (const auto& rule : rules) {
      if (rule.target.text.empty()) continue;  // a directive
      TRY_VOID(check_target_exists(rule, known, id));
      TRY_VOID(check_sets(rule, known, id.family));
    }
  }
  return {};
}

}  // namespace pyfw
