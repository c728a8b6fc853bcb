#include "engine/look_leniently.h"

#include <algorithm>
#include <set>
#include <string>

#include "engine/prune.h"
#include "engine/spell.h"
#include "ext/targets.h"
#include "wish/loops.h"
#include "wish/references.h"

namespace pyfw {
namespace {

bool is_same(const Place& a, const Place& b) {
  return a.source == b.source && a.line == b.line && a.column == b.column;
}

// Puts in the place of whatever rules name and nobody makes an empty one.
class StandIns {
 public:
  StandIns(const Wishes& wishes, const WrittenRules& written, State& there)
      : wishes_(wishes), written_(written), there_(there) {}

  Result<void> make(LenientLook& out) {
    for (;;) {
      auto checked = check_references(wishes_, written_, there_);
      if (checked) return {};
      if (!checked.error().place) return checked;
      const auto& place = *checked.error().place;
      if (make_chain_at(place)) {
        out.missing_chains.push_back(std::move(checked).error());
      } else if (make_set_at(place)) {
        out.missing_sets.push_back(std::move(checked).error());
      } else {
        return checked;
      }
    }
  }

  void remove_from(Desired& desired) const {
    std::erase_if(desired.state.sets, [&](const Set& set) { return sets_.contains(set.name); });
    for (const auto& id : chains_)
      for (auto& table : ruleset_of(desired.state, id.family).tables)
        if (table.name == id.table)
          std::erase_if(table.chains, [&](const Chain& chain) { return chain.name == id.chain; });
  }

 private:
  bool make_chain_at(const Place& place) {
    for (const auto& [id, rules] : written_)
      for (const auto& rule : rules) {
        if (rule.target.text.empty() || !is_same(rule.target.place, place)) continue;
        ChainId missing{.family = id.family, .table = id.table, .chain = rule.target.text};
        bool is_there = find_chain(there_, missing) != nullptr || wishes_.chains.contains(missing);
        if (is_there || is_known_target(rule.target.text)) continue;
        ensure_chain(ruleset_of(there_, id.family), id.table, rule.target.text);
        chains_.insert(std::move(missing));
        return true;
      }
    return false;
  }

  bool make_set_at(const Place& place) {
    for (const auto& [id, rules] : written_)
      for (const auto& rule : rules)
        for (const auto& set : rule.sets) {
          bool is_there = find_set(there_.sets, set.text) != nullptr || wishes_.sets.contains(set.text);
          if (!is_same(set.place, place) || is_there) continue;
          there_.sets.push_back({.name = set.text,
                                 .type = "hash:net",
                                 .header = id.family == Family::kIpv4 ? "family inet" : "family inet6"});
          sets_.insert(set.text);
          return true;
        }
    return false;
  }

  const Wishes& wishes_;
  const WrittenRules& written_;
  State& there_;
  std::set<std::string, std::less<>> sets_;
  std::set<ChainId> chains_;
};

// Each rule that is refused stands from then on as it was written.
Result<void> spell_what_can_be(const Wishes& wishes, WrittenRules& written,
                               const std::vector<WishedSet>& sets, const State& there, Kernel& kernel,
                               std::vector<Error>& refused) {
  for (;;) {
    auto spelled = spell_rules(wishes, written, sets, there, kernel);
    if (spelled) return {};
    // Without leave to make a namespace nobody can be asked: all stand as they were written.
    if (spelled.error().kind == ErrorKind::kFailed) return {};
    bool is_found = false;
    for (auto& [id, rules] : written)
      for (auto& rule : rules)
        if (spelled.error().place && rule.place.source && is_same(rule.place, *spelled.error().place) &&
            !rule.is_spelled) {
          rule.is_spelled = true;
          is_found = true;
        }
    if (!is_found) return spelled;
    refused.push_back(std::move(spelled).error());
  }
}

}  // namespace

Result<LenientLook> look_leniently(const Wishes& wishes, Kernel& kernel, const LastValues& last,
                                   const std::optional<Record>& record) {
  LenientLook out;
  TRY(out.live.state, kernel.read());
  TRY(auto known, kernel.all_facts());
  TRY_VOID(kernel.finish_reading());
  out.live.facts = std::move(known.facts);
  out.live.other = std::move(known.other_rules);
  out.live.backend = kernel.backend();
  out.warnings = std::move(known.warnings);
  TRY(out.written,
      write_rules(wishes, {.facts = out.live.facts, .docker = out.live.facts.docker, .last = last}));
  for (auto& warning : warnings_of(out.written)) out.warnings.push_back(std::move(warning));
  auto there = out.live.state;
  StandIns stand_ins(wishes, out.written, there);
  TRY_VOID(stand_ins.make(out));
  TRY(auto sets, write_sets(wishes, there));
  TRY_VOID(spell_sets(sets, there, kernel));
  TRY_VOID(spell_what_can_be(wishes, out.written, sets, there, kernel, out.refused));
  // A rule of a wish's very text that has no name yet is meant by it, as for --adopt: what its twin takes
  // away says nothing against the wish.
  auto resolved = resolve(wishes, out.written, sets, there, Claims::kNamesAndSameText);
  TRY_VOID(refuse_loops(out.written, resolved.desired.state));
  out.uncalled = std::move(resolved.warnings);
  out.desired = desired_of(std::move(resolved), sets);
  if (record) (void)prune(*record, wishes, out.written, out.desired);
  stand_ins.remove_from(out.desired);
  return out;
}

}  // namespace pyfw
