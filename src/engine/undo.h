// Undoes what pyfw changed, on the state of now: what Docker and others did meanwhile stays.

#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/clock.h"
#include "engine/enforce.h"
#include "keep/pending.h"
#include "keep/snapshots.h"
#include "keep/store.h"
#include "show/description.h"

namespace pyfw {

// What has to be done for it. In the way of a plan, though no wishes stand behind it.
Result<Outlook> look_back(const std::vector<Change>& changes, Kernel& kernel,
                          const AnnounceStage& announce = {});

struct Undone {
  bool had_something = false;  // to undo
  std::string snapshot;        // of the state before; empty where none was made
  std::vector<std::string> remarks;
};

// Called with the plan, and what it changes, before anything is done.
using ShowPlan = std::function<void(const Outlook&, const Description&)>;

// Snapshots of changes of one backend, one behind the other. The way back across changes of both goes one
// stretch after the other, from the newest on.
struct Stretch {
  Backend backend;
  std::span<const Snapshot> snapshots;  // oldest first, never none
};
// Those of changes that do not tell are of the usual one.
Result<std::vector<Stretch>> stretches_back(const Snapshots& snapshots, std::string_view to, Backend usual);

// On that stretch's backend. The newer ones are undone already.
Result<Undone> roll_back(const Stretch& stretch, Kernel& kernel, Store& store, const Clock& clock,
                         const AnnounceStage& announce, const ShowPlan& show);

// Where a change waits for its confirm.
enum class Waiting {
  kNone,
  kInTime,   // its process holds the deadline, which is still to come
  kOverdue,  // the deadline has passed, the machine was booted, or that process died: it has to be undone
};
Waiting waiting_of(const std::optional<Pending>& pending, const Clock& clock);

// Undoes the change that waits, and forgets it. Carried out even where its rehearsal fails.
Result<Undone> undo_pending(const Pending& pending, Kernel& kernel, Store& store,
                            const AnnounceStage& announce, const ShowPlan& show = {});

}  // namespace pyfw
