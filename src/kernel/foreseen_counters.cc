#include "kernel/foreseen_counters.h"

#include <variant>

#include "nft/portable_rule.h"
#include "plan/continued.h"

namespace pyfw {

void ForeseenCounters::foresee(std::span<const Commit> commits) {
  for (const auto& commit : commits)
    if (const auto* table = std::get_if<TableCommit>(&commit);
        table != nullptr && !is_portable(*table) && has_continued(*table))
      read({.family = table->family, .table = table->table});
}

void ForeseenCounters::keep(TableCommit& commit) {
  if (netns_.is_scratch() || !has_continued(commit)) return;
  TableId id{.family = commit.family, .table = commit.table};
  if (!counters_.contains(id)) read(id);
  take_counters(commit, counters_[id]);
  counters_.erase(id);
}

void ForeseenCounters::read(const TableId& table) {
  if (auto saved = netns_.save_with_counters(table.family, table.table)) counters_[table] = std::move(*saved);
}

}  // namespace pyfw
