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

Result<void> look_at_wishes(LiveHost& host, const World& world, Status& status) {
  TRY(auto record, read_record(*host.store));
  if (!record) {
    status.why_none = "Nothing was applied yet.";
    return {};
  }
  status.wishes = record->wishes;
  TRY_VOID(open_recorded_kernel(host, world));
  TRY(auto wishes, recorded_wishes(*record));
  TRY(auto outlook, look_at_held(*record, wishes, *host.kernel, *host.store, {}));
  TRY_VOID(host.kernel->finish_reading());
  RuleCounters counters;
  for (auto family : kFamilies) {
    TRY(auto saved, host.kernel->save_with_counters(family));
    add_counters(family, saved, counters);
  }
  status.each = status_of(outlook, counters);
  status.drift = repair_words(outlook.way);
  status.remarks = remarks_of(outlook);
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

struct Seen {
  Status status;
  std::optional<Error> trouble{};  // of which the status tells the message
};

std::string damaged(const Store& store, std::string_view name, const Error& error) {
  return fmt::format("{}/{}: {}", store.path(), name, error.message);
}

// A note that is damaged says nothing against the wishes.
void read_notes(Store& store, const Clock& clock, Status& status) {
  if (auto note = read_daemon_note(store)) {
    status.daemon = std::move(*note);
    status.daemon_runs = status.daemon && clock.is_alive(status.daemon->pid, status.daemon->started);
  } else {
    status.daemon_trouble = damaged(store, kDaemonNoteName, note.error());
  }
  if (auto history = read_history(store)) {
    status.history = std::move(*history);
  } else {
    status.history_trouble = damaged(store, kHistoryName, history.error());
  }
}

// What the daemon says of itself counts most where nothing else can be told.
Result<Seen> read_status(const Options& options, const World& world) {
  TRY(auto host, open_remembered_host(options, Access::kLook));
  BootClock clock;
  Seen seen;
  auto& status = seen.status;
  read_notes(*host.store, clock, status);
  if (auto pending = read_pending(*host.store)) {
    status.pending = words_of(*pending, clock);
  } else {
    status.pending = pending.error().message;
    seen.trouble = std::move(pending).error();
  }
  if (auto looked = look_at_wishes(host, world, status); !looked) {
    status.trouble = one_line(looked.error());
    seen.trouble = std::move(looked).error();
  }
  return seen;
}

std::string as_asked(const Status& status, const Options& options) {
  if (options.format == "json") return as_json(status);
  if (options.format == "prometheus") return as_prometheus(status);
  return as_text(status, output_is_coloured());
}

}  // namespace

ExitCode run_status(const Options& options, const World& world) {
  auto seen = read_status(options, world);
  if (!seen) return report(seen.error());
  print_out(as_asked(seen->status, options));
  if (!output_arrived()) return ExitCode::kFailed;
  if (seen->trouble) return report(*seen->trouble);
  return seen->status.has_drifted() ? ExitCode::kNo : ExitCode::kDone;
}

}  // namespace pyfw
