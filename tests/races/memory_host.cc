#include "memory_host.h"

#include <algorithm>

#include "engine/same_state.h"
#include "tests/property/apply_commit.h"

namespace pyfw::races {
namespace {

constexpr std::size_t kMostRules = 10;

// Where others have written, the end is another index than the plan knew.
Result<void> restore(State& state, const TableCommit& commit) {
  auto after = state;
  for (auto line : commit.lines) {
    if (line.at_end)
      line.at = ensure_chain(ruleset_of(after, commit.family), commit.table, line.chain).rules.size() + 1;
    TRY_VOID(apply_commit(after, TableCommit{.family = commit.family, .table = commit.table, .lines = {line}},
                          [](const State&) {}));
  }
  state = std::move(after);
  return {};
}

}  // namespace

MemoryHost::MemoryHost(unsigned seed) : random_(seed), deeds_(seed, kMostRules) {}

void MemoryHost::carry_out_here(const Edit& edit) {
  auto& rules = ensure_chain(state.iptables, "filter", edit.chain).rules;
  Rule rule{text_of(edit.chain, edit.serial)};
  switch (edit.kind) {
    case Edit::Kind::kAtHead: rules.insert(rules.begin(), rule); break;
    case Edit::Kind::kAtEnd: rules.push_back(rule); break;
    // By specification: one copy, the topmost.
    case Edit::Kind::kDelete:
      if (auto found = std::ranges::find(rules, rule); found != rules.end()) rules.erase(found);
      break;
  }
}

void MemoryHost::write() {
  auto deed = deeds_.next();
  for (const auto& edit : deed.edits) carry_out_here(edit);
  deed.ended = ++writes_;
  deeds_.note(deed);
  ++generation;
}

void MemoryHost::let_rival_write() {
  while (std::uniform_int_distribution(0U, 99U)(random_) < busy) write();
}

void MemoryKernel::note_seen() {
  if (!has_written_rules_) convinced_at_ = host_->writes();
}

Result<State> MemoryKernel::read() {
  host_->let_rival_write();
  note_seen();
  return host_->state;
}

Result<Generation> MemoryKernel::read_again(std::span<const TableId> tables, State& state) {
  host_->let_rival_write();
  note_seen();
  for (const auto& id : tables) {
    const auto* there = find_table(ruleset_of(host_->state, id.family), id.table);
    put_table(ruleset_of(state, id.family), there != nullptr ? *there : Table{.name = id.table});
  }
  return Generation(host_->generation);
}

Result<Sets> MemoryKernel::read_sets() {
  host_->let_rival_write();
  return host_->state.sets;
}

Result<std::string> MemoryKernel::difference_from(const State& wanted, const Sighting* /*of_copy*/) {
  host_->let_rival_write();
  return difference(host_->state, wanted);
}

Result<std::vector<SpelledLine>> MemoryKernel::spell(const SpellRequest& request) {
  std::vector<SpelledLine> spelled;
  for (const auto& line : request.lines) spelled.push_back({.texts = {line.text}});
  return spelled;
}

Result<SpelledSet> MemoryKernel::spell_set(const Set& set) {
  return SpelledSet{.header = set.header, .members = set.members};
}

Result<void> MemoryKernel::run(std::span<const std::string> /*command*/) {
  return fail("single commands are not raced here");
}

Result<Generation> MemoryKernel::generation() {
  host_->let_rival_write();
  return Generation(host_->generation);
}

Result<bool> MemoryKernel::only_we_wrote(Generation since, std::size_t commits) {
  host_->let_rival_write();
  return host_->generation == *since + commits;
}

Result<Committed> MemoryKernel::commit(const Commit& commit, Generation generation) {
  host_->let_rival_write();
  if (const auto* sets = std::get_if<SetCommit>(&commit)) {
    TRY_VOID(apply_commit(host_->state, *sets, [](const State&) {}));
    return Committed::kDone;
  }
  if (generation && *generation != host_->generation) return Committed::kStale;
  has_written_rules_ = true;
  convinced_at_ = host_->writes();
  if (const auto* table = std::get_if<TableCommit>(&commit)) {
    host_->let_rival_write();
    TRY_VOID(restore(host_->state, *table));
  } else {
    TRY_VOID(apply_commit(host_->state, commit, [](const State&) {}));
  }
  ++host_->generation;
  host_->let_rival_write();
  return Committed::kDone;
}

Result<std::unique_ptr<Kernel>> MemoryKernel::copy(const State& state) {
  auto host = std::make_shared<MemoryHost>(0);
  host->state = state;
  return std::make_unique<MemoryKernel>(std::move(host));
}

}  // namespace pyfw::races
