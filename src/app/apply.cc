#include "app/apply.h"

#include <fmt/format.h>
#include <signal.h>

#include <algorithm>
#include <iterator>

#include "app/arm.h"
#include "app/live_host.h"
#include "app/own_connection.h"
#include "app/print.h"
#include "app/print_plan.h"
#include "app/progress.h"
#include "app/request.h"
#include "app/same_place.h"
#include "app/settle.h"
#include "app/sources.h"
#include "engine/apply.h"
#include "show/text.h"
#include "show/totals.h"
#include "sys/boot_clock.h"
#include "sys/find_restorers.h"
#include "sys/journal.h"
#include "sys/namespace_part.h"

namespace pyfw {
namespace {

void print_outcome(const Applied& applied, const PlanView& view, const Options& options) {
  for (const auto& remark : applied.remarks) print_note(remark);
  for (const auto& rule : applied.unrehearsed)
    print_note("was not rehearsed, since it needs an object of this host: " + rule);
  if (options.format == "json") {
    auto remarks = remarks_of(view);
    remarks.unrehearsed = applied.unrehearsed;
    Application outcome{.snapshot = applied.snapshot};
    if (applied.pending) outcome.confirm_until = applied.pending->deadline_text;
    return print_out(as_json(view.description, remarks, outcome));
  }
  if (view.description.empty() && applied.snapshot.empty()) return;
  if (!applied.pending)
    return print_out(
        fmt::format("Applied. To undo it: {} {}\n", same_place("rollback", options), applied.snapshot));
  print_out(fmt::format(
      "Applied, until {}. Now open a new connection to this host, and type there:\n"
      "  {}\n"
      "Without it, all of this is undone at that time. To undo it at once: {}\n",
      applied.pending->deadline_text, same_place("confirm", options), same_place("rollback", options)));
}

// Of those at work on the host's own network.
Result<std::vector<Error>> restorers_beside_us() {
  TRY(auto part, part_of_this_namespace());
  return part == kHostPart ? warnings_of(find_restorers()) : std::vector<Error>();
}

Result<void> run(const Options& options, const World& world) {
  // Whoever reads our lines may stop reading; the work that they tell of must not stop in its middle.
  signal(SIGPIPE, SIG_IGN);
  TRY(auto request, request_of(options));
  TRY(auto host, open_live_host(options, world, Access::kWrite));
  TRY_VOID(settle_before(host, world));
  TRY(auto restorers, restorers_beside_us());
  BootClock clock;
  Progress progress;
  PlanView view;
  bool is_text = options.format != "json";
  auto show = [&](const Outlook& outlook, const Description& description) {
    progress.end();
    view = view_of(outlook, description);
    view.backend = host.choice;
    std::ranges::move(restorers, std::back_inserter(view.warnings));
    print_remarks(view);
    if (is_text) print_out(as_text(view.description, output_is_coloured()));
  };
  auto read_wishes = [&, read = wishes_of(options)]() -> Result<Wishes> {
    TRY(auto wishes, read());
    TRY_VOID(refuse_split(wishes, host.choice));
    return wishes;
  };
  auto show_forecast = [&](const Forecast& forecast) {
    progress.end();
    view.forecast = forecast;
    if (is_text) print_out(as_text(forecast, output_is_coloured()));
    for (const auto& warning : warnings_of(forecast)) {
      view.notes.push_back(warning);
      print_note(warning);
    }
  };
  Guard guard{.forces = options.forces,
              .has_way_back = request.confirm_within_ms.has_value(),
              .own_connection = own_connection,
              .show = show_forecast};
  auto applied = apply(
      read_wishes, *host.kernel, *host.store, clock, arm_by_process(options, host), request, guard,
      [&](std::string_view stage) { progress.begin(stage); }, show);
  progress.end();
  if (!applied) {
    if (!view.description.empty()) note_in_journal("apply failed: " + applied.error().message);
    return std::unexpected(std::move(applied).error());
  }
  if (!applied->snapshot.empty())
    note_in_journal(
        fmt::format("applied {}; snapshot {}{}", totals_of(view.description), applied->snapshot,
                    applied->pending ? "; to be confirmed by " + applied->pending->deadline_text : ""));
  print_outcome(*applied, view, options);
  return {};
}

}  // namespace

ExitCode run_apply(const Options& options, const World& world) {
  auto done = run(options, world);
  if (!done) return report(done.error());
  return output_arrived() ? ExitCode::kDone : ExitCode::kFailed;
}

}  // namespace pyfw
