#include "tests/property/apply_commit.h"

#include <algorithm>
#include <ranges>

#include "base/contains.h"
#include "base/overloaded.h"
#include "nf/tokens.h"
#include "tests/property/simulate.h"

namespace pyfw {
namespace {

bool is_named(const State& state, const std::string& set) {
  for (const auto& [id, chain] : chains_of(state))
    for (const auto& rule : chain->rules)
      if (contains(sets_named_by(rule), set)) return true;
  return std::ranges::any_of(state.sets, [&](const Set& list) { return contains(sets_held_by(list), set); });
}

// A rule refers to a set, not to a name: what a swap exchanges is what is in them.
Result<void> change_set(State& state, const std::string& line) {
  auto words = tokenise_ipset(line);
  auto find = [&](const std::string& name) { return std::ranges::find(state.sets, name, &Set::name); };
  if (words[0] == "swap") {
    auto a = find(words[1]);
    auto b = find(words[2]);
    if (a == state.sets.end() || b == state.sets.end() || a->type != b->type)
      return fail("can't swap: " + line);
    std::swap(a->members, b->members);
    std::swap(a->header, b->header);
    return {};
  }
  if (words[0] == "destroy") {
    auto set = find(words[1]);
    if (set == state.sets.end() || is_named(state, words[1])) return fail("can't destroy: " + line);
    state.sets.erase(set);
    return {};
  }
  std::vector<std::string> command = {"ipset", "-exist"};
  for (const auto& word : words)
    if (word != "-exist") command.push_back(word);
  bool creates = words[0] == "create";
  if (creates && find(words[1]) != state.sets.end()) return fail("set exists: " + line);
  return simulate(state, command);
}

Result<void> change_table(State& state, const TableCommit& commit) {
  auto after = state;
  for (const auto& line : commit.lines) {
    auto& ruleset = ruleset_of(after, commit.family);
    std::vector<std::string> command = {std::string(program_of(commit.family)), "-w", "-t", commit.table};
    auto rule = tokens_of(line.rule);
    switch (line.kind) {
      case TableLine::Kind::kNewChain: command.insert(command.end(), {"-N", line.chain}); break;
      case TableLine::Kind::kPolicy: command.insert(command.end(), {"-P", line.chain, line.policy}); break;
      case TableLine::Kind::kInsert:
        // `-A` is where the index is, as long as nobody else writes.
        if (auto& rules = ensure_chain(ruleset, commit.table, line.chain).rules;
            line.at_end && line.at != rules.size() + 1)
          return fail("not the end of " + line.chain);
        command.insert(command.end(), {"-I", line.chain, std::to_string(line.at)});
        break;
      case TableLine::Kind::kDelete: command.insert(command.end(), {"-D", line.chain}); break;
      case TableLine::Kind::kDeleteChain: {
        auto& table = *std::ranges::find(ruleset.tables, commit.table, &Table::name);
        auto chain = std::ranges::find(table.chains, line.chain, &Chain::name);
        if (chain == table.chains.end() || !chain->rules.empty())
          return fail("can't delete chain " + line.chain);
        for (const auto& other : table.chains)
          for (const auto& jump : other.rules)
            if (target_of(jump) == line.chain) return fail("chain is in use: " + line.chain);
        table.chains.erase(chain);
        continue;
      }
    }
    command.insert(command.end(), rule.begin(), rule.end());
    TRY_VOID(simulate(after, command));
  }
  state = std::move(after);
  return {};
}

Result<void> delete_rules(State& state, const HandleCommit& commit) {
  for (const auto& deleted : commit.chains) {
    auto& rules = ensure_chain(ruleset_of(state, commit.family), commit.table, deleted.chain).rules;
    if (rules.size() != deleted.of) return fail("another number of rules");
    for (auto at : deleted.at | std::views::reverse)
      rules.erase(rules.begin() + static_cast<std::ptrdiff_t>(at));
  }
  return {};
}

}  // namespace

Result<void> apply_commit(State& state, const Commit& commit,
                          const std::function<void(const State&)>& after_each) {
  return std::visit(Overloaded{[&](const TableCommit& c) -> Result<void> {
                                 TRY_VOID(change_table(state, c));
                                 after_each(state);
                                 return {};
                               },
                               [&](const HandleCommit& c) -> Result<void> {
                                 TRY_VOID(delete_rules(state, c));
                                 after_each(state);
                                 return {};
                               },
                               [&](const SetCommit& c) -> Result<void> {
                                 for (const auto& line : c.lines) {
                                   TRY_VOID(change_set(state, line));
                                   after_each(state);
                                 }
                                 return {};
                               }},
                    commit);
}

}  // namespace pyfw
