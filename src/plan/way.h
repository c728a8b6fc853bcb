// The way from one state to the other as the kernel is led along it: commit by commit. A table changes in one
// commit wherever that can be done safely; between commits no packet gets through that neither the old nor
// the new state lets through.
//
//   sets that come, or change alone                 ipset restore
//   tables that only close                          iptables-restore, one each
//   tables that do both: up to where both states    (midway.h)
//   the table nat
//   tables that do both: all the way
//   tables that only open
//   sets that have changed with their rules         (set_changes.h)
//   sets that go

#pragma once

#include <string>
#include <utility>
#include <vector>

#include "nf/backend.h"
#include "nf/desired.h"
#include "plan/commit.h"

namespace pyfw {

struct Way {
  std::vector<Commit> commits;
  // What can't be had, in plain words.
  std::vector<std::string> caveats;
  // Rules that stay, but are taken out and put back on the way.
  std::vector<std::pair<ChainId, Rule>> relaid;

  [[nodiscard]] bool empty() const { return commits.empty(); }
};

// Never fails: any two states have a way, though a kernel may refuse it (see refusals.h).
Way find_way(const State& live, const Desired& desired, Backend backend);

}  // namespace pyfw
