#include "plan/table_change.h"

#include <algorithm>

#include "plan/chain_edits.h"

namespace pyfw {
namespace {

// Rules that iptables-nft looks at to find those that go: above this, deleting by handle is the faster way.
constexpr std::size_t kManyLooks = 100'000;
constexpr std::size_t kLongRun = 64;

struct ChangedChain {
  const Chain* live;
  const Chain& desired;
  const std::set<std::string>& matched;
  ChainDelta delta;
  std::size_t first_foreign;  // the index of the topmost in `desired`
};

std::vector<ChangedChain> changed_chains(const TableChange& change) {
  static const std::vector<Rule> kNoRules;
  std::vector<ChangedChain> out;
  for (const auto& chain : change.desired.chains) {
    const auto* live = find_chain(change.live, chain.name);
    ChainId id{.family = change.family, .table = change.desired.name, .chain = chain.name};
    const auto& flags = flags_of(change.foreign, id);
    auto delta = delta_of_chain(live != nullptr ? live->rules : kNoRules, chain.rules, flags);
    auto first = std::ranges::find(flags, true) - flags.begin();
    out.push_back({.live = live,
                   .desired = chain,
                   .matched = texts_of(change.matched, id),
                   .delta = std::move(delta),
                   .first_foreign = static_cast<std::size_t>(first)});
  }
  return out;
}

std::vector<TableLine> new_chains(const TableChange& change, const std::vector<ChangedChain>& chains) {
  std::vector<TableLine> lines;
  for (const auto& chain : chains)
    if (chain.live == nullptr && !is_builtin(change.desired.name, chain.desired.name))
      lines.push_back({.kind = TableLine::Kind::kNewChain, .chain = chain.desired.name});
  return lines;
}

void add_policies(const std::vector<ChangedChain>& chains, std::vector<TableLine>& lines) {
  for (const auto& [live, desired, matched, delta, first_foreign] : chains) {
    if (!desired.policy) continue;
    auto policy = live != nullptr ? live->policy.value_or("ACCEPT") : "ACCEPT";
    if (policy != *desired.policy)
      lines.push_back({.kind = TableLine::Kind::kPolicy, .chain = desired.name, .policy = *desired.policy});
  }
}

void add_removed_chains(const TableChange& change, std::vector<TableLine>& lines) {
  if (change.live == nullptr) return;
  // Their rules go first: chains that go together may jump to each other.
  for (auto kind : {TableLine::Kind::kDelete, TableLine::Kind::kDeleteChain}) {
    for (const auto& chain : change.live->chains) {
      if (!change.removed.contains(
              {.family = change.family, .table = change.desired.name, .chain = chain.name}))
        continue;
      if (kind == TableLine::Kind::kDeleteChain)
        lines.push_back({.kind = kind, .chain = chain.name});
      else
        for (std::size_t i = 0; i < chain.rules.size(); ++i)
          lines.push_back({.kind = kind, .chain = chain.name, .rule = chain.rules[i], .before_at = i});
    }
  }
}

std::size_t looks_of(const ChangedChain& chain) {
  return chain.live == nullptr ? 0 : chain.delta.gone.size() * chain.live->rules.size();
}

// From that index on, the desired rules are all put in, and stand behind foreign ones: an index would be
// another place where others write meanwhile, the end is always the end.
std::size_t behind_others(const ChangedChain& chain) {
  auto first = chain.desired.rules.size();
  const auto& placed = chain.delta.placed;
  for (auto i = placed.rbegin(); i != placed.rend() && *i + 1 == first && *i > chain.first_foreign; ++i)
    first = *i;
  return first;
}

// Many rules that come to stand one behind the other go in from the last to the first, each at the place of
// the first: iptables-nft counts from the head of the chain to each index.
void turn_long_runs(std::vector<TableLine>& lines) {
  auto follows = [](const TableLine& before, const TableLine& line) {
    return before.kind == TableLine::Kind::kInsert && line.kind == TableLine::Kind::kInsert &&
           before.chain == line.chain && before.at + 1 == line.at && !before.at_end && !line.at_end;
  };
  for (auto first = lines.begin(); first != lines.end();) {
    auto last = first;
    while (std::next(last) != lines.end() && follows(*last, *std::next(last))) ++last;
    auto end = std::next(last);
    if (static_cast<std::size_t>(end - first) > kLongRun) {
      auto at = first->at;
      std::reverse(first, end);
      std::for_each(first, end, [at](TableLine& line) { line.at = at; });
    }
    first = end;
  }
}

void note_sizes(const Table* live, TableCommit& commit) {
  for (const auto& line : commit.lines) {
    if (line.kind != TableLine::Kind::kDelete && line.kind != TableLine::Kind::kInsert) continue;
    auto [size, is_new] = commit.sizes.try_emplace(line.chain);
    if (!is_new) continue;
    const auto* chain = find_chain(live, line.chain);
    if (chain != nullptr) size->second = chain->rules.size();
  }
}

TableLine delete_of(const ChangedChain& chain, std::size_t at) {
  return {.kind = TableLine::Kind::kDelete,
          .chain = chain.desired.name,
          .rule = chain.live->rules[at],
          .before_at = at};
}

std::vector<Commit> in_one(const TableChange& change, const std::vector<ChangedChain>& chains) {
  TableCommit commit{
      .family = change.family, .table = change.desired.name, .lines = new_chains(change, chains)};
  auto& lines = commit.lines;
  for (const auto& chain : chains)
    for (auto i : chain.delta.gone) lines.push_back(delete_of(chain, i));
  for (const auto& chain : chains) {
    auto end = behind_others(chain);
    for (auto i : chain.delta.placed)
      lines.push_back({.kind = TableLine::Kind::kInsert,
                       .chain = chain.desired.name,
                       .rule = chain.desired.rules[i],
                       .at = i + 1,
                       .at_end = i >= end});
  }
  turn_long_runs(lines);
  add_policies(chains, lines);
  add_removed_chains(change, lines);
  if (lines.empty()) return {};
  note_sizes(change.live, commit);
  return {std::move(commit)};
}

// Puts the new rules of a chain in, each gap's above the old ones that still stand in it; and says where
// those then stand, of which what is matched has gone already.
void add_inserts(const ChangedChain& chain, std::vector<TableLine>& lines, HandleCommit& deletes) {
  const auto& [live, desired, matched, delta, first_foreign] = chain;
  HandleCommit::Deleted deleted{.chain = desired.name, .at = {}, .before_at = {}};
  std::size_t l = 0;
  std::size_t gone = 0;
  std::size_t placed = 0;
  std::size_t at = 0;
  auto take_gone = [&] {
    for (; gone < delta.gone.size() && delta.gone[gone] == l; ++gone, ++l) {
      if (matched.contains(live->rules[l].text)) continue;
      deleted.at.push_back(at++);
      deleted.before_at.push_back(l);
    }
  };
  for (std::size_t d = 0; d < desired.rules.size(); ++d) {
    if (placed < delta.placed.size() && delta.placed[placed] == d) {
      ++placed;
      lines.push_back(
          {.kind = TableLine::Kind::kInsert, .chain = desired.name, .rule = desired.rules[d], .at = ++at});
      continue;
    }
    take_gone();
    ++l;
    ++at;
  }
  take_gone();
  deleted.of = at;
  deleted.before_of = l;
  if (!deleted.at.empty()) deletes.chains.push_back(std::move(deleted));
}

std::vector<Commit> in_two(const TableChange& change, const std::vector<ChangedChain>& chains) {
  TableCommit inserts{
      .family = change.family, .table = change.desired.name, .lines = new_chains(change, chains)};
  HandleCommit deletes{.family = change.family, .table = change.desired.name, .chains = {}};
  for (const auto& chain : chains)
    for (auto i : chain.delta.gone)
      if (chain.matched.contains(chain.live->rules[i].text)) inserts.lines.push_back(delete_of(chain, i));
  for (const auto& chain : chains) add_inserts(chain, inserts.lines, deletes);
  turn_long_runs(inserts.lines);
  add_policies(chains, inserts.lines);
  TableCommit rest{.family = change.family, .table = change.desired.name, .lines = {}};
  add_removed_chains(change, rest.lines);
  std::vector<Commit> commits;
  note_sizes(change.live, inserts);
  note_sizes(change.live, rest);
  if (!inserts.lines.empty()) commits.emplace_back(std::move(inserts));
  if (!deletes.chains.empty()) commits.emplace_back(std::move(deletes));
  if (!rest.lines.empty()) commits.emplace_back(std::move(rest));
  return commits;
}

}  // namespace

std::vector<Commit> commits_of_table(const TableChange& change, Backend backend) {
  auto chains = changed_chains(change);
  std::size_t looks = 0;
  for (const auto& chain : chains) looks += looks_of(chain);
  return backend == Backend::kNft && looks > kManyLooks ? in_two(change, chains) : in_one(change, chains);
}

}  // namespace pyfw
