// Fulfils the wishes: looked at, rehearsed, remembered, committed, verified. And, if asked, held until the
// owner confirms.

#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "engine/clock.h"
#include "engine/enforce.h"
#include "engine/guard.h"
#include "engine/ownership.h"
#include "engine/undo.h"
#include "keep/pending.h"
#include "keep/store.h"

namespace pyfw {

struct ApplyRequest {
  std::string wishes{};  // what --wishes said, as an absolute path; empty for the default places
  bool adopts = false;
  bool replaces = false;  // other wishes than last time
  std::optional<std::int64_t> confirm_within_ms{};
  std::optional<DockerSays> docker{};  // these two as in Stance
  DefaultRoutes default_routes = DefaultRoutes::kCount;
};

// Starts the process that holds the deadline of the change that waits in the store, and gives its number and
// start when it is there: see Pending.
struct HolderProcess {
  std::int64_t pid = 0;
  std::uint64_t started = 0;
};
using StartHolder = std::function<Result<HolderProcess>(const Pending&)>;

struct Applied {
  std::string snapshot;  // of the state before; empty where nothing had to be done
  std::optional<Pending> pending;
  std::vector<std::string> unrehearsed;
  std::vector<std::string> remarks;
};

// What apply sees before it does anything: what `plan` shows. A damaged record is none, with a warning.
Result<Outlook> look_with_record(const ReadWishes& read_wishes, Kernel& kernel, Store& store,
                                 const ApplyRequest& request, const AnnounceStage& announce);

// Puts what variables are worth into the store for the next time, where it has changed: after the wishes have
// been fulfilled, also where that took nothing.
Result<void> keep_values(const Outlook& outlook, Store& store);

// Where a commit fails, what was done is undone at once if a confirm was asked for; else it stays, and the
// next apply completes it. What `guard` refuses is not begun.
Result<Applied> apply(const ReadWishes& read_wishes, Kernel& kernel, Store& store, const Clock& clock,
                      const StartHolder& start_holder, const ApplyRequest& request, const Guard& guard,
                      const AnnounceStage& announce, const ShowPlan& show);

}  // namespace pyfw
