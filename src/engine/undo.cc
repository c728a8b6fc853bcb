#include "engine/undo.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/keep_change.h"

namespace pyfw {
namespace {

Result<void> return_to(const std::optional<Record>& record, Store& store) {
  if (!record) return store.remove(kRecordName);
  return store.write(kRecordName, write_record(*record));
}

Course course_back(const std::vector<Change>& changes, State live, Backend backend) {
  Course course{.live = std::move(live), .desired = {}, .way = {}};
  course.desired = undo(changes, course.live);
  remove_temporary_sets(course.live, course.desired);
  course.way = find_way(course.live, course.desired, backend);
  return course;
}

// Where its rehearsal fails.
enum class Unrehearsed { kIsRefused, kIsDoneNevertheless };

Result<Undone> carry_back(const std::vector<Change>& changes, Kernel& kernel, const AnnounceStage& announce,
                          const ShowPlan& show, const Remember& remember, Unrehearsed unrehearsed) {
  TRY(auto seen, kernel.generation());
  TRY(auto outlook, look_back(changes, kernel, announce));
  if (show) show(outlook, describe(outlook));
  Undone undone{.had_something = !outlook.way.empty(), .snapshot = {}, .remarks = {}};
  if (!undone.had_something) return undone;
  auto find_course = [&](State live) -> Result<Course> {
    return course_back(changes, std::move(live), kernel.backend());
  };
  TRY(auto enforced, enforce({.live = std::move(outlook.live.state),
                              .desired = std::move(outlook.desired),
                              .way = std::move(outlook.way)},
                             seen, kernel,
                             {.find_course = find_course,
                              .remember = remember,
                              .announce = announce,
                              .written = outlook.written,
                              .needs_rehearsal = unrehearsed == Unrehearsed::kIsRefused}));
  undone.remarks = std::move(enforced.remarks);
  return undone;
}

}  // namespace

Result<Outlook> look_back(const std::vector<Change>& changes, Kernel& kernel, const AnnounceStage& announce) {
  if (announce) announce("read");
  TRY(auto live, kernel.read());
  TRY_VOID(kernel.finish_reading());
  auto course = course_back(changes, std::move(live), kernel.backend());
  Outlook outlook;
  outlook.live.state = std::move(course.live);
  outlook.desired = std::move(course.desired);
  outlook.way = std::move(course.way);
  outlook.messages = outlook.way.caveats;
  return outlook;
}

Result<std::vector<Stretch>> stretches_back(const Snapshots& snapshots, std::string_view to, Backend usual) {
  TRY(auto since, snapshots_since(snapshots, to));
  std::vector<Stretch> stretches;
  auto backend_of = [&](const Snapshot& snapshot) { return snapshot.backend.value_or(usual); };
  for (auto at = since.begin(); at != since.end();) {
    auto backend = backend_of(*at);
    auto end = std::find_if(at, since.end(), [&](const auto& one) { return backend_of(one) != backend; });
    stretches.push_back({.backend = backend, .snapshots = {at, end}});
    at = end;
  }
  std::ranges::reverse(stretches);
  return stretches;
}

Result<Undone> roll_back(const Stretch& stretch, Kernel& kernel, Store& store, const Clock& clock,
                         const AnnounceStage& announce, const ShowPlan& show) {
  const auto& first = stretch.snapshots.front();
  std::vector<Change> changes;
  for (const auto& snapshot : stretch.snapshots)
    changes.insert(changes.end(), snapshot.changes.begin(), snapshot.changes.end());
  TRY(auto record, read_record(store));
  ChangeKeeper keeper(store,
                      {.id = {},
                       .kind = SnapshotKind::kRollback,
                       .backend = kernel.backend(),
                       .time = clock.time_of_day(clock.now()),
                       .summary = fmt::format("back to before {}", first.id),
                       .record = record},
                      announce);
  auto remember = [&](Change change, const State& live) { return keeper.keep(std::move(change), live); };
  TRY(auto undone, carry_back(changes, kernel, announce, show, remember, Unrehearsed::kIsRefused));
  undone.snapshot = keeper.id();
  TRY_VOID(return_to(first.record, store));
  return undone;
}

Waiting waiting_of(const std::optional<Pending>& pending, const Clock& clock) {
  if (!pending) return Waiting::kNone;
  bool in_time = pending->boot == clock.boot() && clock.now() < pending->deadline &&
                 clock.is_alive(pending->holder, pending->holder_started);
  return in_time ? Waiting::kInTime : Waiting::kOverdue;
}

Result<Undone> undo_pending(const Pending& pending, Kernel& kernel, Store& store,
                            const AnnounceStage& announce, const ShowPlan& show) {
  auto remember = [](const Change&, const State&) -> WriteDown { return [] { return Result<void>(); }; };
  TRY(auto undone,
      carry_back(pending.changes, kernel, announce, show, remember, Unrehearsed::kIsDoneNevertheless));
  TRY_VOID(return_to(pending.record, store));
  // The snapshot of what is undone says nothing any more; a later rollback must not undo it twice.
  TRY_VOID(store.remove(pending.id));
  TRY_VOID(drop_pending(store));
  return undone;
}

}  // namespace pyfw
