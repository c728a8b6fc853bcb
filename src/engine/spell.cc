#include "engine/spell.h"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <set>
#include <unordered_map>
#include <unordered_set>

#include "base/by_text.h"
#include "ext/host_objects.h"
#include "wish/member_words.h"

namespace pyfw {
namespace {

// The wished rules of one family that are not yet in the live chain.
struct Asked {
  SpellRequest request;
  std::vector<WrittenRule*> rules;
};

// The rules of a chain, by what makes two texts the same rule.
class RulesByKey {
 public:
  explicit RulesByKey(const std::vector<Rule>& rules) {
    by_key_.reserve(rules.size());
    for (const auto& rule : rules)
      by_key_.emplace(is_own_key(rule) ? std::string_view(rule.text) : keep(rule_key(rule)), &rule);
  }

  [[nodiscard]] const Rule* find(const Rule& rule) const {
    auto found = is_own_key(rule) ? by_key_.find(rule.text) : by_key_.find(rule_key(rule));
    return found == by_key_.end() ? nullptr : found->second;
  }

 private:
  std::string_view keep(std::string key) { return kept_.emplace_back(std::move(key)); }

  std::deque<std::string> kept_;
  ByText<const Rule*> by_key_;
};

void ask_for_chain(const ChainId& id, std::vector<WrittenRule>& rules, const State& live, Asked& asked) {
  auto is_known = [](const WrittenRule& rule) { return rule.is_spelled || rule.spelled.empty(); };
  if (std::ranges::all_of(rules, is_known)) return;
  const auto* chain = find_chain(live, id);
  const std::vector<Rule> none;
  RulesByKey there(chain != nullptr ? chain->rules : none);
  for (auto& rule : rules) {
    if (is_known(rule)) continue;
    if (const auto* same = there.find(rule.rule)) {
      rule.spelled = {*same};
    } else if (!needs_host_object(rule.rule)) {
      asked.request.lines.push_back({.chain = id, .text = rule.rule.text});
      asked.rules.push_back(&rule);
    }
  }
}

// The sets and user chains that the lines may name: those of the host and those that are wished.
void add_surroundings(const Wishes& wishes, const std::vector<WishedSet>& sets, const State& live,
                      SpellRequest& request) {
  std::set<std::string> tables;
  bool names_sets = false;
  for (const auto& line : request.lines) {
    tables.insert(line.chain.table);
    names_sets = names_sets || line.text.find("-set") != std::string::npos;
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

std::string hint_for(std::string_view refusal) {
  bool is_port = refusal.find("unknown option \"--dport\"") != std::string_view::npos ||
                 refusal.find("unknown option \"--sport\"") != std::string_view::npos;
  return is_port ? "a port needs a protocol before it: -p tcp or -p udp" : "";
}

Result<void> ask(Asked& asked, Kernel& kernel) {
  if (asked.rules.empty()) return {};
  TRY(auto lines, kernel.spell(asked.request));
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (!lines[i].refusal.empty())
      return bad_input(
          asked.rules[i]->place,
          fmt::format("{} refuses this rule: {}", program_of(asked.request.family), lines[i].refusal),
          hint_for(lines[i].refusal));
    asked.rules[i]->spelled.clear();
    for (auto& text : lines[i].texts) asked.rules[i]->spelled.push_back(Rule{std::move(text)});
  }
  return {};
}

std::unexpected<Error> refused(const WishedSet& set, const WishedMembers& members,
                               const SpelledSet& spelled) {
  if (spelled.refused_at && members.written != nullptr && *spelled.refused_at < members.written->size())
    return bad_input((*members.written)[*spelled.refused_at].place,
                     fmt::format("ipset refuses this member: {}", spelled.refusal));
  return bad_input(set.wish->type ? set.wish->type->place : set.wish->place,
                   fmt::format("ipset refuses this set: {}", spelled.refusal));
}

// A set that is not there yet is tried, and wished options are compared in the kernel's spelling.
Result<void> spell_options(WishedSet& set, const Set* live, Kernel& kernel) {
  bool known = live != nullptr && (live->type != set.type || difference(*live, set).empty());
  if (known) return {};
  TRY(auto spelled, kernel.spell_set({.name = set.wish->name, .type = set.type, .header = set.header}));
  if (!spelled.refusal.empty()) return refused(set, {}, spelled);
  set.spelled_options = options_of(spelled.header);
  return {};
}

bool stands_there(const WishedMembers& members, std::span<const std::string_view> texts, const Set* live,
                  const WishedSet& set) {
  MemberShape shape({.name = set.wish->name,
                     .type = live != nullptr ? live->type : set.type,
                     .header = live != nullptr ? live->header : set.header});
  if (set.type == "list:set" || (members.all_spelled && !shape.masks)) return true;
  std::vector<std::string_view> unsure;
  for (auto text : texts)
    if (!is_spelled_like_kernel(text, shape)) unsure.push_back(text);
  if (unsure.empty()) return true;
  if (live == nullptr || live->type != set.type) return false;
  ByText<std::string_view> by_element(live->members.size());
  for (const auto& text : live->members) by_element.emplace(element_of(text), text);
  return std::ranges::all_of(unsure, [&](std::string_view text) {
    auto found = by_element.find(element_of(text));
    return found != by_element.end() && fulfils(parse_member(found->second), parse_member(text));
  });
}

Result<void> spell_members(const WishedSet& set, WishedMembers& members, const Set* live, Kernel& kernel) {
  auto texts = members.texts();
  if (stands_there(members, texts, live, set)) return {};
  // A set that is there keeps its options, of which the wishes need not name all.
  bool as_it_is = live != nullptr && difference(*live, set).empty();
  Set asked{.name = set.wish->name,
            .type = set.type,
            .header = as_it_is ? live->header : set.header,
            .members = {texts.begin(), texts.end()}};
  TRY(auto spelled, kernel.spell_set(asked));
  if (!spelled.refusal.empty()) return refused(set, members, spelled);
  members.spelled = std::move(spelled.members);
  // The kernel's order is that of its hash, another each time.
  std::ranges::sort(*members.spelled);
  return {};
}

// Each run would undo what the one before it did.
Result<void> refuse_contradiction(const WishedSet& set) {
  std::unordered_set<std::string> included;
  for (auto text : set.include.texts()) included.insert(parse_member(text).element);
  for (auto text : set.exclude.texts())
    if (auto element = parse_member(text).element; included.contains(element))
      return bad_input(set.wish->place, fmt::format("member '{}' is wished both in and out of set '{}'",
                                                    element, set.wish->name));
  return {};
}

}  // namespace

Result<void> spell_sets(std::vector<WishedSet>& sets, const State& live, Kernel& kernel) {
  for (auto& set : sets) {
    const auto* there = find_set(live.sets, set.wish->name);
    TRY_VOID(spell_options(set, there, kernel));
    for (auto* members : {&set.equal, &set.include, &set.exclude})
      TRY_VOID(spell_members(set, *members, there, kernel));
    TRY_VOID(refuse_contradiction(set));
  }
  return {};
}

Result<void> spell_rules(const Wishes& wishes, WrittenRules& rules, const std::vector<WishedSet>& sets,
                         const State& live, Kernel& kernel) {
  for (auto family : kFamilies) {
    Asked asked;
    asked.request.family = family;
    for (auto& [id, chain] : rules)
      if (id.family == family) ask_for_chain(id, chain, live, asked);
    add_surroundings(wishes, sets, live, asked.request);
    TRY_VOID(ask(asked, kernel));
  }
  return {};
}

}  // namespace pyfw
