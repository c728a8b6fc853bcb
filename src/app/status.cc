#include "app/status.h"

#include <fmt/format.h>

#include "app/live_host.h"
#include "app/print.h"
#include "engine/recorded_wishes.h"
#include "engine/undo.h"
#include "keep/pending.h"
#include "sys/boot_clock.h"
#include "watch/holding.h"
#include "watch/repair_words.h"
#include "watch/status_text.h"

namespace pyfw {
namespace {

Result<void> look_at_wishes(LiveHost& host, const Record& record, Status& status) {
  TRY(auto wishes, recorded_wishes(record));
  TRY(auto outlook, look_at_held(record, wishes, *host.kernel, *host.store, {}));
  TRY_VOID(host.kernel->finish_reading());
  RuleCounters counters;
  for (auto family : kFamilies) {
    TRY(auto saved, host.kernel->save_with_counters(family));
    add_counters(family, saved, counters);
  }
  status.each = status_of(outlook, counters);
  status.drift = repair_words(outlook.way);
  return {};
}

std::string words_of(const std::optional<Pending>& pending, const Clock& clock) {
  switch (waiting_of(pending, clock)) {
    case Waiting::kNone: return {};
    case Waiting::kInTime:
      return fmt::format("A change waits for its confirm, and undoes itself at {}.", pending->deadline_text);
    case Waiting::kOverdue: return "A change was not confirmed and still has to be undone.";
  }
  return {};
}

Result<Status> read_status(const Options& options, const World& world) {
  TRY(auto host, open_recorded_host(options, world, Access::kLook));
  BootClock clock;
  Status status;
  TRY(auto pending, read_pending(*host.store));
  status.pending = words_of(pending, clock);
  TRY(status.daemon, read_daemon_note(*host.store));
  status.daemon_runs = status.daemon && clock.is_alive(status.daemon->pid, status.daemon->started);
  TRY(status.history, read_history(*host.store));
  TRY(auto record, read_record(*host.store));
  if (!record) {
    status.why_none = "Nothing was applied yet.";
    return status;
  }
  status.wishes = record->wishes;
  TRY_VOID(look_at_wishes(host, *record, status));
  return status;
}

std::string as_asked(const Status& status, const Options& options) {
  if (options.format == "json") return as_json(status);
  if (options.format == "prometheus") return as_prometheus(status);
  return as_text(status, output_is_coloured());
}

}  // namespace

ExitCode run_status(const Options& options, const World& world) {
  auto status = read_status(options, world);
  if (!status) return report(status.error());
  print_out(as_asked(*status, options));
  if (!output_arrived()) return ExitCode::kFailed;
  return status->has_drifted() ? ExitCode::kNo : ExitCode::kDone;
}

}  // namespace pyfw
