#include "examine/examine_self.h"

#include "engine/apply.h"
#include "engine/recorded_wishes.h"
#include "engine/undo.h"
#include "keep/daemon_note.h"
#include "keep/history.h"
#include "keep/pending.h"
#include "keep/record.h"
#include "sys/boot_clock.h"
#include "watch/repair_words.h"

namespace pyfw {
namespace {

OwnAffairs::Wait wait_of(Waiting waiting) {
  switch (waiting) {
    case Waiting::kNone: return OwnAffairs::Wait::kNone;
    case Waiting::kInTime: return OwnAffairs::Wait::kInTime;
    case Waiting::kOverdue: return OwnAffairs::Wait::kOverdue;
  }
  return OwnAffairs::Wait::kNone;
}

Result<std::string> drift_from(const Record& record, Store& store, Kernel& kernel) {
  TRY(auto wishes, recorded_wishes(record));
  TRY(auto outlook, look_with_record([&]() -> Result<Wishes> { return std::move(wishes); }, kernel, store,
                                     {.wishes = record.wishes}, {}));
  TRY_VOID(kernel.finish_reading());
  return repair_words(outlook.way);
}

Result<void> read_what_is_kept(Store& store, OwnAffairs& own, std::optional<Record>& record) {
  BootClock clock;
  TRY(record, read_record(store));
  own.has_applied = record.has_value();
  own.is_confirmed = !record || record->is_confirmed;
  TRY(auto pending, read_pending(store));
  own.wait = wait_of(waiting_of(pending, clock));
  if (pending) own.deadline = pending->deadline_text;
  TRY(auto daemon, read_daemon_note(store));
  if (daemon) {
    own.has_daemon_run = true;
    own.daemon_runs = clock.is_alive(daemon->pid, daemon->started);
    own.daemon_since = daemon->since;
    own.daemon_standing = daemon->standing;
    // What one that has ended saw may be long ago.
    if (own.daemon_runs) own.edited = daemon->edit;
  }
  TRY(auto history, read_history(store));
  if (!history.newest.empty()) own.last_failure = history.newest.back().failure;
  return {};
}

}  // namespace

OwnAffairs examine_self(Store& store, Kernel& kernel, std::vector<Unseen>& unseen) {
  OwnAffairs own{.state_dir = store.path()};
  std::optional<Record> record;
  if (auto read = read_what_is_kept(store, own, record); !read) own.damage = read.error().message;
  if (!record) return own;
  auto drift = drift_from(*record, store, kernel);
  if (drift)
    own.drift = std::move(*drift);
  else
    unseen.push_back({.what = "whether the wishes hold", .why = drift.error().message});
  return own;
}

}  // namespace pyfw
