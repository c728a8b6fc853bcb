// What rules have counted that a commit takes out and puts in again (plan/continued.h).

#pragma once

#include <map>
#include <span>
#include <string>

#include "engine/kernel.h"
#include "kernel/netns.h"

namespace pyfw {

class ForeseenCounters {
 public:
  explicit ForeseenCounters(const Netns& netns) : netns_(netns) {}

  // Reads them before: beside a rival there is no time for it between the look and the commit.
  void foresee(std::span<const Commit> commits);
  // What a look has just shown of the table (as iptables-save -c prints it).
  void take(const TableId& table, std::string counters) { counters_[table] = std::move(counters); }
  // Nobody counts in a scratch namespace. Without the counters the rules are as good.
  void keep(TableCommit& commit);

 private:
  void read(const TableId& table);

  const Netns& netns_;
  std::map<TableId, std::string> counters_{};
};

}  // namespace pyfw
