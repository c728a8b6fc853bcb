#include "app/rollback.h"

#include <fmt/format.h>
#include <signal.h>

#include <algorithm>
#include <iterator>

#include "app/live_host.h"
#include "app/print.h"
#include "app/print_plan.h"
#include "app/progress.h"
#include "app/same_place.h"
#include "engine/undo.h"
#include "show/text.h"
#include "show/totals.h"
#include "sys/boot_clock.h"
#include "sys/journal.h"

namespace pyfw {
namespace {

Result<std::string> newest(const Snapshots& snapshots) {
  if (snapshots.all.empty()) return fail("there is nothing to undo: no snapshot was made yet");
  return snapshots.all.back().id;
}

void print_outcome(const Undone& undone, const PlanView& view, const Options& options,
                   const std::string& what) {
  for (const auto& remark : undone.remarks) print_note(remark);
  if (options.format == "json")
    return print_out(as_json(view.description, remarks_of(view), Application{.snapshot = undone.snapshot}));
  print_out(what + '\n');
  if (!undone.snapshot.empty())
    print_out(fmt::format("To take that back: {} {}\n", same_place("rollback", options), undone.snapshot));
}

Result<void> run(const Options& options, const World& world) {
  signal(SIGPIPE, SIG_IGN);
  TRY(auto host, open_recorded_host(options, world, Access::kUndo));
  TRY(auto pending, read_pending(*host.store));
  Progress progress;
  auto announce = [&](std::string_view stage) { progress.begin(stage); };
  PlanView view;
  auto show = [&](const Outlook& outlook, const Description& description) {
    progress.end();
    view = view_of(outlook, description);
    print_remarks(view);
    if (options.format != "json" && !view.description.empty())
      print_out(as_text(view.description, output_is_coloured()));
  };
  // A change that waits is the newest, and its undo needs no snapshot.
  if (pending && (options.id.empty() || options.id == pending->id)) {
    TRY(auto undone, undo_pending(*pending, *host.kernel, *host.store, announce, show));
    progress.end();
    note_in_journal(fmt::format("undid change {}, as asked, before it was confirmed", pending->id));
    print_outcome(undone, view, options, "Undone: the change that waited for its confirm.");
    return {};
  }
  TRY(auto snapshots, read_snapshots(*host.store));
  // A number that is mistyped must not undo what waits.
  if (!options.id.empty()) TRY_VOID(snapshots_since(snapshots, options.id));
  if (pending) {
    TRY_VOID(undo_pending(*pending, *host.kernel, *host.store, announce));
    TRY(snapshots, read_snapshots(*host.store));
  }
  for (const auto& damaged : snapshots.damaged) print_note(fmt::format("snapshot {} is damaged", damaged));
  auto id = options.id;
  if (id.empty()) {
    TRY(id, newest(snapshots));
  }
  BootClock clock;
  TRY(auto stretches, stretches_back(snapshots, id, host.kernel->backend()));
  Undone undone;
  Description changed;
  for (const auto& stretch : stretches) {
    const auto& to = stretch.snapshots.front().id;
    if (stretch.backend != host.kernel->backend()) host.kernel = live_kernel(stretch.backend, world);
    if (stretches.size() > 1)
      print_note(
          fmt::format("the changes since snapshot {} were of the {} rules", to, name_of(stretch.backend)));
    TRY(auto done, roll_back(stretch, *host.kernel, *host.store, clock, announce, show));
    progress.end();
    note_in_journal(fmt::format("rolled back to before change {}: {}", to, totals_of(view.description)));
    std::ranges::move(done.remarks, std::back_inserter(undone.remarks));
    if (undone.snapshot.empty()) undone.snapshot = done.snapshot;
    std::ranges::move(view.description.chains, std::back_inserter(changed.chains));
    std::ranges::move(view.description.sets, std::back_inserter(changed.sets));
  }
  view.description = std::move(changed);
  print_outcome(undone, view, options, fmt::format("Undone: pyfw's own changes since snapshot {}.", id));
  return {};
}

}  // namespace

ExitCode run_rollback(const Options& options, const World& world) {
  auto done = run(options, world);
  if (!done) return report(done.error());
  return output_arrived() ? ExitCode::kDone : ExitCode::kFailed;
}

}  // namespace pyfw
