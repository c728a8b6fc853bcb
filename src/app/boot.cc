#include "app/boot.h"

#include <fmt/format.h>
#include <signal.h>

#include "app/live_host.h"
#include "app/print.h"
#include "app/progress.h"
#include "app/settle.h"
#include "base/strings.h"
#include "engine/boot.h"
#include "keep/pending.h"
#include "sys/journal.h"

namespace pyfw {
namespace {

void print_troubles(const Booted& booted) {
  for (const auto& remark : booted.remarks) print_note(remark);
  for (const auto& rule : booted.unrehearsed)
    print_note("was not rehearsed, since it needs an object of this host: " + rule);
  if (!booted.not_as_a_whole) return;
  print_warnings({{*booted.not_as_a_whole}});
  print_note("so the wishes were enforced table by table");
  for (const auto& [part, why] : booted.unenforced) {
    auto error = why;
    error.message = fmt::format("{} is not enforced: {}", part, why.message);
    print_error(error);
  }
}

std::string outcome_of(const Booted& booted) {
  if (!booted.has_wishes) return "nothing to do: no wishes have been applied here";
  std::vector<std::string> parts;
  for (const auto& [part, why] : booted.unenforced) parts.push_back(part);
  auto missing = parts.empty() ? "" : "; not enforced: " + join(parts, ", ");
  if (booted.changes.empty() && parts.empty()) return "nothing to do: the wishes applied last are fulfilled";
  return fmt::format("enforced the wishes applied last: {}{}",
                     booted.changes.empty() ? "nothing" : join(booted.changes, "; "), missing);
}

// Undoes a change of an earlier boot. One that can't be read is told, and keeps nothing open: what was
// confirmed before it is known without it. True if there was no such trouble.
Result<bool> settle(LiveHost& host, const World& world) {
  if (auto pending = read_pending(*host.store); !pending) {
    print_error(pending.error());
    return false;
  }
  TRY_VOID(settle_before(host, world));
  return true;
}

Result<ExitCode> run(const Options& options, const World& world) {
  signal(SIGPIPE, SIG_IGN);
  TRY(auto host, open_remembered_host(options, Access::kWrite));
  TRY(bool is_settled, settle(host, world));
  // The record of what was undone may tell another backend than that of the wishes that hold: those are put
  // back before anybody asks it.
  TRY_VOID(confirmed_record(*host.store));
  TRY_VOID(open_recorded_kernel(host, world));
  Progress progress;
  TRY(auto booted, boot(*host.kernel, *host.store, [&](std::string_view stage) { progress.begin(stage); }));
  progress.end();
  print_troubles(booted);
  auto outcome = outcome_of(booted);
  note_in_journal("boot: " + outcome);
  print_out(outcome + "\n");
  return is_settled && booted.unenforced.empty() ? ExitCode::kDone : ExitCode::kFailed;
}

}  // namespace

ExitCode run_boot(const Options& options, const World& world) {
  auto done = run(options, world);
  if (!done) {
    note_in_journal("boot failed: " + done.error().message);
    report(done.error());
    return ExitCode::kFailed;
  }
  return output_arrived() ? *done : ExitCode::kFailed;
}

}  // namespace pyfw
