#include "engine/undo.h"

#include <fmt/format.h>

#include <algorithm>

namespace pyfw {
namespace {

Result<void> return_to(const std::optional<Record>& record, Store& store) {
  if (!record) return store.remove(kRecordName);
  return store.write(kRecordName, write_record(*record));
}

Result<Undone> carry_back(const std::vector<Change>& changes, Kernel& kernel, const AnnounceStage& announce,
                          const ShowPlan& show, const Remember& remember, bool needs_rehearsal) {
  TRY(auto seen, kernel.generation());
  TRY(auto outlook, look_back(changes, kernel, announce));
  Undone undone{.first = outlook, .snapshot = {}, .remarks = {}};
  if (show) show(outlook);
  if (outlook.way.empty()) return undone;
  TRY(auto enforced, enforce(std::move(outlook), seen, kernel,
                             {.look_again = [&] { return look_back(changes, kernel); },
                              .remember = remember,
                              .announce = announce,
                              .needs_rehearsal = needs_rehearsal}));
  undone.remarks = std::move(enforced.remarks);
  return undone;
}

}  // namespace

Result<Outlook> look_back(const std::vector<Change>& changes, Kernel& kernel, const AnnounceStage& announce) {
  if (announce) announce("read");
  Outlook outlook;
  TRY(outlook.live.state, kernel.read());
  outlook.desired = undo(changes, outlook.live.state);
  remove_temporary_sets(outlook.live.state, outlook.desired);
  outlook.way = find_way(outlook.live.state, outlook.desired, kernel.backend());
  return outlook;
}

Result<Undone> roll_back(const Snapshots& snapshots, std::string_view to, Kernel& kernel, Store& store,
                         const Clock& clock, const AnnounceStage& announce, const ShowPlan& show) {
  auto first = std::ranges::find(snapshots.all, to, &Snapshot::id);
  if (first == snapshots.all.end())
    return fail(fmt::format("there is no snapshot {}", to), "see `pyfw snapshots`");
  std::vector<Change> changes;
  for (auto at = first; at != snapshots.all.end(); ++at)
    changes.insert(changes.end(), at->changes.begin(), at->changes.end());
  TRY(auto record, read_record(store));
  std::optional<Snapshot> kept;
  auto remember = [&](const Change& change, const State& live) -> Result<void> {
    if (kept) {
      kept->changes.push_back(change);
      return update_snapshot(store, *kept);
    }
    if (announce) announce("snapshot");
    kept = Snapshot{.id = {},
                    .kind = SnapshotKind::kRollback,
                    .time = clock.time_of_day(clock.now()),
                    .summary = fmt::format("back to before {}", to),
                    .changes = {change},
                    .record = record};
    TRY(kept->id, keep_snapshot(store, live, *kept));
    return {};
  };
  TRY(auto undone, carry_back(changes, kernel, announce, show, remember, true));
  if (kept) undone.snapshot = kept->id;
  TRY_VOID(return_to(first->record, store));
  return undone;
}

Waiting waiting_of(const std::optional<Pending>& pending, const Clock& clock) {
  if (!pending) return Waiting::kNone;
  bool in_time = pending->boot == clock.boot() && clock.now() < pending->deadline &&
                 clock.is_alive(pending->holder, pending->holder_started);
  return in_time ? Waiting::kInTime : Waiting::kOverdue;
}

Result<Undone> undo_pending(const Pending& pending, Kernel& kernel, Store& store,
                            const AnnounceStage& announce) {
  auto remember = [](const Change&, const State&) -> Result<void> { return {}; };
  TRY(auto undone, carry_back(pending.changes, kernel, announce, {}, remember, false));
  TRY_VOID(return_to(pending.record, store));
  // The snapshot of what is undone says nothing any more; a later rollback must not undo it twice.
  TRY_VOID(store.remove(pending.id));
  TRY_VOID(drop_pending(store));
  return undone;
}

}  // namespace pyfw
