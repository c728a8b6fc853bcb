#include "kernel/chain_handles.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "nft/portable_rule.h"

namespace pyfw {
namespace {

// Whether the rules that it deletes are the same, by their handles, before all of these commits.
bool only_inserts_before(std::span<const Commit> before, const HandleCommit& deletes) {
  for (std::size_t i = 0; i < before.size(); ++i) {
    auto is_same = [&](const auto& commit) {
      return commit.family == deletes.family && commit.table == deletes.table;
    };
    const auto* table = std::get_if<TableCommit>(&before[i]);
    const auto* handles = std::get_if<HandleCommit>(&before[i]);
    if (handles != nullptr && is_same(*handles)) return false;
    if (table == nullptr || !is_same(*table)) continue;
    bool deletes_some = std::ranges::any_of(table->lines, [](const TableLine& line) {
      return line.kind == TableLine::Kind::kDelete || line.kind == TableLine::Kind::kDeleteChain;
    });
    if (i + 1 != before.size() || deletes_some) return false;
  }
  return true;
}

}  // namespace

void ChainHandles::take(std::shared_ptr<const NftSighting> sighting, std::uint32_t since) {
  sighting_ = std::move(sighting);
  sighted_since_ = since;
  changed_.clear();
}

void ChainHandles::take(NativeLook look, std::optional<std::uint32_t> since) {
  look_ = std::move(look);
  look_.at = since;
}

void ChainHandles::foresee(std::span<const Commit> commits, std::uint32_t since, bool is_looking) {
  asked_.clear();
  changed_.clear();
  bool is_seen = is_looking || look_.at == since;
  std::set<TableId> begun;
  for (std::size_t i = 0; i < commits.size(); ++i) {
    if (const auto* deletes = std::get_if<HandleCommit>(&commits[i]))
      if (only_inserts_before(commits.first(i), *deletes))
        for (const auto& chain : deletes->chains)
          foresee({.family = deletes->family, .table = deletes->table}, chain.chain, since, is_seen);
    const auto* table = std::get_if<TableCommit>(&commits[i]);
    if (table == nullptr) continue;
    TableId id{.family = table->family, .table = table->table};
    if (begun.insert(id).second && is_portable(*table))
      for (const auto& [chain, size] : table->sizes)
        if (size > 0) foresee(id, chain, since, is_seen);
  }
}

void ChainHandles::foresee(const TableId& table, const std::string& chain, std::uint32_t since,
                           bool is_seen) {
  bool is_asked = std::ranges::any_of(
      asked_, [&](const Asked& asked) { return asked.table == table && asked.chain == chain; });
  if (is_asked) return;
  asked_.push_back({.table = table, .chain = chain, .since = since, .handles = {}});
  if (!is_seen)
    asked_.back().handles =
        std::async(std::launch::async, [this, table, chain] { return ask(table, chain); }).share();
}

Result<TableOfHandles> ChainHandles::chains_for(const TableCommit& commit, std::uint32_t since,
                                                NftRules& nft) const {
  TableId id{.family = commit.family, .table = commit.table};
  TRY(auto names, nft.chains_of(id.family, id.table));
  TableOfHandles there;
  for (auto& name : names) {
    Handles handles;
    if (auto size = commit.sizes.find(name); size != commit.sizes.end()) {
      auto known = changed_.contains(id) ? std::nullopt : this->known(id, name, since);
      if (known && known->size() == size->second) {
        handles = std::move(*known);
      } else {
        TRY(handles, ask(id, name));
      }
    }
    there.chains.push_back({.name = std::move(name), .policy = {}, .rules = std::move(handles)});
  }
  return there;
}

Result<std::optional<std::vector<RuleHandle>>> ChainHandles::rules_of(const HandleCommit& commit,
                                                                      std::uint32_t since) const {
  std::vector<RuleHandle> rules;
  TableId table{.family = commit.family, .table = commit.table};
  for (const auto& chain : commit.chains) {
    auto add = [&](const Handles& handles, const std::vector<std::size_t>& at) {
      for (auto i : at) rules.push_back({.chain = chain.chain, .handle = handles[i]});
    };
    auto before = known(table, chain.chain, since);
    if (before && before->size() == chain.before_of) {
      add(*before, chain.before_at);
      continue;
    }
    TRY(auto handles, ask(table, chain.chain));
    if (handles.size() != chain.of) return std::nullopt;
    add(handles, chain.at);
  }
  return rules;
}

std::optional<ChainHandles::Handles> ChainHandles::known(const TableId& table, const std::string& chain,
                                                         std::uint32_t since) const {
  if (sighting_ && sighted_since_ == since) {
    const auto& image = sighting_->of(table.family);
    auto found = image.find({table.table, chain});
    return found == image.end() ? Handles() : found->second.handles;
  }
  auto asked = std::ranges::find_if(asked_, [&](const Asked& some) {
    return some.table == table && some.chain == chain && some.since == since;
  });
  if (asked == asked_.end()) return std::nullopt;
  if (asked->handles.valid()) {
    const auto& handles = asked->handles.get();
    return handles ? std::optional(*handles) : std::nullopt;
  }
  auto family = look_.handles.find(table.family);
  if (look_.at != since || family == look_.handles.end()) return std::nullopt;
  auto found = family->second.find({table.table, chain});
  return found == family->second.end() ? Handles() : found->second;
}

Result<ChainHandles::Handles> ChainHandles::ask(const TableId& table, const std::string& chain) const {
  auto handles = Result<Handles>(fail("can't enter the network namespace"));
  netns_.call([&] {
    auto nft = NftRules::open();
    if (nft) handles = nft->handles_of_chain(table.family, table.table, chain);
  });
  return handles;
}

}  // namespace pyfw
