#include "tests/mutations/mutation.h"

#include <fmt/format.h>

#include <functional>

#include "tests/random/members.h"
#include "tests/random/save_text.h"

namespace pyfw {
namespace {

struct Place {
  const TableText* table;
  ChainText* chain;
  std::size_t rule;

  [[nodiscard]] RuleText& operator*() const { return chain->rules[rule]; }
};

std::vector<Place> places_of(SaveText& save, const std::function<bool(const Place&)>& is_wanted) {
  std::vector<Place> out;
  for (auto& table : save)
    for (auto& chain : table.chains)
      for (std::size_t i = 0; i < chain.rules.size(); ++i)
        if (Place place{.table = &table, .chain = &chain, .rule = i}; is_wanted(place)) out.push_back(place);
  return out;
}

template <typename T>
T& any_of(std::vector<T>& some) {
  return some[static_cast<std::size_t>(any(static_cast<int>(some.size())))];
}

void erase(const Place& place) {
  place.chain->rules.erase(place.chain->rules.begin() + static_cast<std::ptrdiff_t>(place.rule));
}

void put(ChainText& chain, RuleText rule) {
  auto at = any(static_cast<int>(chain.rules.size()) + 1);
  chain.rules.insert(chain.rules.begin() + at, std::move(rule));
}

bool add_rule(SaveText& save, const World& world) {
  auto& table = any_of(save);
  auto& chain = any_of(table.chains);
  auto rule = some_rule(world, table.name, chain.name);
  if (rule) put(chain, parse_rule(*rule));
  return rule.has_value();
}

bool is_any_rule(const Place& /*place*/) { return true; }
bool is_jump(const Place& place) { return (*place).target == "USER"; }
bool is_of_nat(const Place& place) { return place.table->name == "nat" && !is_jump(place); }

bool remove_rule(SaveText& save, const std::function<bool(const Place&)>& is_wanted) {
  auto places = places_of(save, is_wanted);
  if (!places.empty()) erase(one_of(places));
  return !places.empty();
}

// Within its chain, or to another one of its table.
bool move_rule(SaveText& save) {
  auto places = places_of(save, is_any_rule);
  if (places.empty()) return false;
  const auto& place = one_of(places);
  auto rule = *place;
  auto* to = place.chain;
  if (any(3) == 0)
    for (auto& table : save)
      if (&table == place.table) to = &any_of(table.chains);
  if (to->name == "USER" && is_jump(place)) to = place.chain;
  if (!may_stand_in(rule.target, place.table->name, to->name)) return false;
  erase(place);
  put(*to, std::move(rule));
  return true;
}

bool change_target(SaveText& save, const World& world, const std::function<bool(const Place&)>& is_wanted) {
  auto places = places_of(save, is_wanted);
  if (places.empty()) return false;
  const auto& place = one_of(places);
  auto& rule = *place;
  auto target = one_of(targets_of(world, place.table->name));
  if (!may_stand_in(target, place.table->name, place.chain->name)) return false;
  if (wants_tcp(target) && rule.match.find("-p tcp") == std::string::npos) rule.match += "-p tcp ";
  rule.target = target;
  return true;
}

bool change_match(SaveText& save, const World& world) {
  auto places = places_of(save, is_any_rule);
  if (places.empty()) return false;
  const auto& place = one_of(places);
  auto& rule = *place;
  rule.match = some_match(world, place.chain->name == "OUTPUT");
  if (wants_tcp(rule.target) && rule.match.find("-p tcp") == std::string::npos) rule.match += "-p tcp ";
  return true;
}

// Of one option the other side.
bool negate_match(SaveText& save) {
  auto can_be = [](const std::string& word) {
    return contains(std::vector<std::string>{"-s", "-d", "--sport", "--dport", "--match-set", "--ctstate",
                                             "--ctorigdst", "--src-type", "--dst-type", "--mark", "--length",
                                             "--physdev-in", "-i", "-o"},
                    word);
  };
  auto options_in = [&](const std::string& match) {
    std::vector<std::size_t> out;
    for (std::size_t at = 0; at < match.size(); at = match.find(' ', at) + 1)
      if (can_be(match.substr(at, match.find(' ', at) - at))) out.push_back(at);
    return out;
  };
  auto places = places_of(save, [&](const Place& place) { return !options_in((*place).match).empty(); });
  if (places.empty()) return false;
  auto& match = (*one_of(places)).match;
  auto at = one_of(options_in(match));
  if (at >= 2 && match.substr(at - 2, 2) == "! ") {
    match.erase(at - 2, 2);
  } else {
    match.insert(at, "! ");
  }
  return true;
}

bool flip_policy(SaveText& save) {
  auto& chains = save.back().chains;  // of filter
  auto& chain = chains[static_cast<std::size_t>(any(static_cast<int>(chains.size()) - 1))];
  chain.policy = chain.policy == "DROP" ? "ACCEPT" : "DROP";
  return true;
}

bool empty_chain(SaveText& save) {
  auto jumps = [](const ChainText& chain) { return contains(chain.rules, "USER", &RuleText::target); };
  std::vector<ChainText*> filled;
  for (auto& table : save)
    if (std::ranges::any_of(table.chains, jumps))
      for (auto& chain : table.chains)
        if (chain.name == "USER" && !chain.rules.empty()) filled.push_back(&chain);
  if (!filled.empty()) one_of(filled)->rules.clear();
  return !filled.empty();
}

bool mutate(SaveText& save, Mutation mutation, const World& world) {
  switch (mutation) {
    case Mutation::kRuleAdded: return add_rule(save, world);
    case Mutation::kRuleRemoved: return remove_rule(save, is_any_rule);
    case Mutation::kRuleMoved: return move_rule(save);
    case Mutation::kTargetChanged: return change_target(save, world, is_any_rule);
    case Mutation::kMatchChanged: return change_match(save, world);
    case Mutation::kMatchNegated: return negate_match(save);
    case Mutation::kPolicyFlipped: return flip_policy(save);
    case Mutation::kChainEmptied: return empty_chain(save);
    case Mutation::kJumpRemoved: return remove_rule(save, is_jump);
    case Mutation::kNatChanged: return change_target(save, world, is_of_nat);
    default: return false;
  }
}

}  // namespace

std::string_view name_of(Mutation mutation) {
  constexpr std::array<std::string_view, kMutations.size()> kNames = {
      "RuleAdded",    "RuleRemoved",   "RuleMoved",   "TargetChanged", "MatchChanged",
      "MatchNegated", "PolicyFlipped", "MemberAdded", "MemberRemoved", "SetsSwapped",
      "ChainEmptied", "JumpRemoved",   "NatChanged"};
  return kNames.at(static_cast<std::size_t>(mutation));
}

bool is_of_sets(Mutation mutation) {
  return mutation == Mutation::kMemberAdded || mutation == Mutation::kMemberRemoved ||
         mutation == Mutation::kSetsSwapped;
}

std::optional<Rules> mutate(const Rules& rules, Mutation mutation, const World& world) {
  auto out = rules;
  std::optional<std::string> sets;
  switch (mutation) {
    case Mutation::kMemberAdded: sets = with_member_added(rules.sets, world); break;
    case Mutation::kMemberRemoved: sets = with_member_removed(rules.sets); break;
    case Mutation::kSetsSwapped: sets = with_sets_swapped(rules.sets); break;
    default:
      auto save = parse_save(rules.rules);
      if (!mutate(save, mutation, world)) return std::nullopt;
      out.rules = text_of(save);
  }
  if (sets) out.sets = *sets;
  if (out == rules) return std::nullopt;
  return out;
}

}  // namespace pyfw
