#include "engine/spell.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>
#include <unordered_map>
#include <unordered_set>

#include "base/contains.h"

namespace pyfw {
namespace {

// What needs an object of the host can't be asked for elsewhere, and an IDLETIMER's or LED's label is
// shared by all namespaces: asking would touch the live one.
bool needs_the_host(std::string_view text) {
  constexpr std::array<std::string_view, 6> kSigns = {"-m nfacct ", "--timeout ", "-m cgroup ", "-j IDLETIMER",
                                                      "-j LED", "-m rateest "};
  return std::ranges::any_of(kSigns, [&](std::string_view sign) {
    if (sign == "--timeout ") return text.find("-j CT ") != std::string_view::npos && text.find(sign) != std::string_view::npos;
    return text.find(sign) != std::string_view::npos;
  });
}

// The wished rules of one family that are not yet in the live chain.
struct Asked {
  SpellRequest request;
  std::vector<WrittenRule*> rules;
};

void ask_for_chain(const ChainId& id, std::vector<WrittenRule>& rules, const State& live, Asked& asked) {
  std::unordered_map<std::string, const Rule*> there;
  if (const auto* chain = find_chain(ruleset_of(live, id.family), id.table, id.chain)) {
    there.reserve(chain->rules.size());
    for (const auto& rule : chain->rules) there.emplace(rule_key(rule), &rule);
  }
  for (auto& rule : rules) {
    if (rule.spelled.empty()) continue;
    auto found = there.find(rule_key(rule.rule));
    if (found != there.end()) {
      rule.spelled = {*found->second};
    } else if (!needs_the_host(rule.rule.text)) {
      asked.request.lines.push_back({.chain = id, .text = rule.rule.text});
      asked.rules.push_back(&rule);
    }
  }
}

// The sets and user chains that the lines may name: those of the host and those that are wished.
void add_surroundings(const Wishes& wishes, const std::vector<WishedSet>& sets, const State& live, SpellRequest& request) {
  std::set<std::string> tables;
  bool names_sets = false;
  for (const auto& line : request.lines) {
    tables.insert(line.chain.table);
    names_sets = names_sets || line.text.find("-set ") != std::string::npos;
  }
  std::set<ChainId> chains;
  for (const auto& table : ruleset_of(live, request.family).tables) {
    if (!tables.contains(table.name)) continue;
    for (const auto& chain : table.chains)
      chains.insert(ChainId{.family = request.family, .table = table.name, .chain = chain.name});
  }
  for (const auto& [id, chain] : wishes.chains)
    if (id.family == request.family && tables.contains(id.table)) chains.insert(id);
  std::erase_if(chains, [](const ChainId& id) { return is_builtin(id.table, id.chain); });
  request.chains.assign(chains.begin(), chains.end());
  if (!names_sets) return;
  for (const auto& set : sets_with_wishes(live.sets, sets))
    request.sets.push_back(Set{.name = set.name, .type = set.type, .header = set.header});
}

Result<void> spell_rules(Asked& asked, Kernel& kernel) {
  if (asked.rules.empty()) return {};
  TRY(auto lines, kernel.spell(asked.request));
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (!lines[i].refusal.empty())
      return bad_input(asked.rules[i]->place, fmt::format("{} refuses this rule: {}", program_of(asked.request.family), lines[i].refusal));
    asked.rules[i]->spelled.clear();
    for (auto& text : lines[i].texts) asked.rules[i]->spelled.push_back(Rule{std::move(text)});
  }
  return {};
}

Result<void> spell_members(const WishedSet& set, WishedMembers& members, const std::unordered_set<std::string>& there, Kernel& kernel) {
  bool known = std::ranges::all_of(members.spelled, [&](const std::string& text) {
    return is_spelled_like_kernel(set, text) || there.contains(parse_member(text).element);
  });
  if (known) return {};
  Set asked{.name = set.wish->name, .type = set.type, .header = set.header, .members = members.spelled};
  TRY(auto spelled, kernel.spell_members(asked));
  if (!spelled.refusal.empty()) {
    auto at = std::min(spelled.refused_at, members.written.size() - 1);
    return bad_input(members.written[at].place, fmt::format("ipset refuses this member: {}", spelled.refusal));
  }
  members.spelled = std::move(spelled.members);
  // The kernel's order is that of its hash, another each time.
  std::ranges::sort(members.spelled);
  return {};
}

}  // namespace

Result<void> spell(const Wishes& wishes, WrittenRules& rules, std::vector<WishedSet>& sets, const State& live,
                   Kernel& kernel) {
  for (auto& set : sets) {
    std::unordered_set<std::string> there;
    if (const auto* in = find_set(live.sets, set.wish->name); in != nullptr && in->type == set.type)
      for (const auto& member : in->members) there.insert(parse_member(member).element);
    for (auto* members : {&set.equal, &set.include, &set.exclude}) TRY_VOID(spell_members(set, *members, there, kernel));
  }
  for (auto family : kFamilies) {
    Asked asked;
    asked.request.family = family;
    for (auto& [id, chain] : rules)
      if (id.family == family) ask_for_chain(id, chain, live, asked);
    add_surroundings(wishes, sets, live, asked.request);
    TRY_VOID(spell_rules(asked, kernel));
  }
  return {};
}

}  // namespace pyfw
