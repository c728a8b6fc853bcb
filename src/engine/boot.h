// Enforces the wishes that were applied and confirmed last, when the host boots: nobody can be asked, and
// neither the network nor Docker is there yet.

#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "engine/look.h"
#include "keep/store.h"

namespace pyfw {

struct Unenforced {
  std::string part;  // "iptables filter"
  Error why;
};

struct Booted {
  bool has_wishes = false;           // that were applied and confirmed
  std::vector<std::string> changes;  // in the words of the plan, one a part; none where all was there
  std::vector<std::string> unrehearsed;
  std::vector<std::string> remarks;
  std::optional<Error> not_as_a_whole;  // why it went table by table
  std::vector<Unenforced> unenforced;
};

// All at once, like an apply. Where that fails, table by table, and then also what can't be rehearsed: the
// kernel takes a table as a whole or not at all, and one that is closed is better than none. The table nat,
// which opens ways, comes only where all others of its family are there. No snapshot is made, since it is no
// change of the owner's. The record tells what came of it.
Result<Booted> boot(Kernel& kernel, Store& store, const AnnounceStage& announce);

// What it enforces. A record that waits for its confirm, though no change does, is of an apply that died
// before it changed anything: the one before it holds, and is put back.
Result<std::optional<Record>> confirmed_record(Store& store);

// What the daemon does otherwise than at boot.
struct WhileRunning {
  DockerSays docker;
  std::function<std::string(const Way&)> words;  // of a table's changes, in place of the plan's
};

// The second half of it, for the daemon, where a look at all fails: what another table wishes of a chain or a
// set that has gone must not leave the rest open. The record only learns of rules that have another text by
// now.
Result<Booted> hold_by_tables(Kernel& kernel, Store& store, const WhileRunning& running,
                              const AnnounceStage& announce);

}  // namespace pyfw
