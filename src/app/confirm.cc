#include "app/confirm.h"

#include <fmt/format.h>

#include "app/live_host.h"
#include "app/print.h"
#include "app/same_place.h"
#include "engine/undo.h"
#include "keep/pending.h"
#include "keep/record.h"
#include "sys/boot_clock.h"
#include "sys/connection.h"
#include "sys/journal.h"

namespace pyfw {
namespace {

// What was open before the change goes on whatever the rules for new connections are.
Result<void> refuse_old_connection(const Pending& pending) {
  constexpr auto kHint = "open a new connection and confirm there; --force confirms nevertheless";
  auto connection = connection_of_caller();
  if (!connection)
    return fail(fmt::format("can't tell over what connection this comes: {}", connection.error().message),
                kHint);
  if (!*connection) return {};
  const auto& found = **connection;
  if (!found.opened_at)
    return fail(
        fmt::format("the connection from {} that this session began with is closed, so it proves nothing",
                    found.from),
        kHint);
  if (*found.opened_at <= pending.armed_at)
    return fail(
        fmt::format("the connection from {} is older than the change: that it still works does not show "
                    "that a new one would",
                    found.from),
        kHint);
  if (found.is_within_host)
    return fail(
        fmt::format("the connection from {} comes from this host itself: that it works does not show that "
                    "one from outside would",
                    found.from),
        kHint);
  return {};
}

std::string_view why_too_late(const Pending& pending, const Clock& clock) {
  if (pending.boot != clock.boot()) return "this host was booted after the change";
  if (clock.now() >= pending.deadline) return "the time is over";
  return "the process that held the deadline has died";
}

Result<void> undo_late(const Pending& pending, LiveHost& host, const Clock& clock) {
  TRY(auto undone, undo_pending(pending, *host.kernel, *host.store, {}));
  for (const auto& remark : undone.remarks) print_note(remark);
  note_in_journal(fmt::format("undid change {}, whose confirm came too late", pending.id));
  return fail(fmt::format("too late: {}; the change has been undone now", why_too_late(pending, clock)),
              "apply it anew");
}

// Half of a change is nothing to keep, and who was killed has shown nobody what it did.
Result<void> refuse_unfinished(const Pending& pending) {
  if (pending.is_applied) return {};
  return fail(
      "the apply was ended before all of its change was done, so there is nothing to confirm",
      fmt::format("`pyfw rollback` undoes it now; else it undoes itself at {}", pending.deadline_text));
}

Result<void> keep_change(const Pending& pending, Store& store) {
  TRY(auto record, read_record(store));
  if (record) {
    record->is_confirmed = true;
    TRY_VOID(store.write(kRecordName, write_record(*record)));
  }
  TRY_VOID(drop_pending(store));
  note_in_journal(fmt::format("change {} was confirmed", pending.id));
  return {};
}

Result<void> run(const Options& options, const World& world) {
  TRY(auto host, open_live_host(options, world, Access::kUndo));
  TRY(auto pending, read_pending(*host.store));
  BootClock clock;
  switch (waiting_of(pending, clock)) {
    case Waiting::kNone:
      return fail("no change waits for a confirm",
                  "it was confirmed before, or has been undone, by hand or when its time was over: `pyfw "
                  "plan` tells");
    case Waiting::kOverdue: return undo_late(*pending, host, clock);
    case Waiting::kInTime: break;
  }
  TRY_VOID(refuse_unfinished(*pending));
  if (!options.forces) TRY_VOID(refuse_old_connection(*pending));
  TRY_VOID(keep_change(*pending, *host.store));
  print_out(fmt::format("Confirmed: the change stays. To undo it later: {} {}\n",
                        same_place("rollback", options), pending->id));
  return {};
}

}  // namespace

ExitCode run_confirm(const Options& options, const World& world) {
  auto done = run(options, world);
  if (!done) return report(done.error());
  return output_arrived() ? ExitCode::kDone : ExitCode::kFailed;
}

}  // namespace pyfw
