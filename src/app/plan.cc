#include "app/plan.h"

#include "app/live_host.h"
#include "app/print.h"
#include "app/print_plan.h"
#include "app/request.h"
#include "app/sources.h"
#include "engine/apply.h"
#include "engine/guard.h"
#include "engine/rehearse.h"

namespace pyfw {
namespace {

Result<std::optional<Forecast>> forecast_for(const Outlook& outlook, Kernel& kernel) {
  return forecast_for(
      outlook.wishes, outlook.live.state, outlook.desired.state, {}, kernel.backend(),
      [&] { return kernel.all_facts(); }, AskFlows::kYes);
}

// A state from files has no record, and who put which rule there nobody knows: names claim what bears them.
Result<PlanView> view_saved(const Options& options) {
  TRY(auto kernel, saved_kernel_of(options));
  TRY(auto outlook, look(wishes_of(options), *kernel, {.manner = Manner::kGuarded, .adopts = true}));
  auto view = view_of(outlook, describe(outlook));
  TRY(view.forecast, forecast_for(outlook, *kernel));
  return view;
}

Result<PlanView> view_live(const Options& options, const World& world) {
  TRY(auto host, open_live_host(options, world, Access::kLook));
  warn_of_pending(*host.store);
  TRY(auto request, request_of(options));
  TRY(auto outlook, look_with_record(wishes_of(options), *host.kernel, *host.store, request, {}));
  TRY_VOID(refuse_split(outlook.wishes, host.choice));
  auto view = view_of(outlook, describe(outlook));
  view.backend = host.choice;
  TRY(view.forecast, forecast_for(outlook, *host.kernel));
  if (!outlook.way.empty()) {
    TRY_VOID(host.kernel->finish_reading());
    TRY(auto rehearsal,
        rehearse(outlook.live.state, outlook.desired, outlook.way, outlook.written, *host.kernel));
    view.unrehearsed = std::move(rehearsal.unrehearsed);
  }
  return view;
}

}  // namespace

ExitCode run_plan(const Options& options, const World& world) {
  auto view = options.has_saved_state() ? view_saved(options) : view_live(options, world);
  if (!view) return report(view.error());
  print_plan(*view, options);
  if (!output_arrived()) return ExitCode::kFailed;
  return view->description.empty() ? ExitCode::kDone : ExitCode::kNo;
}

}  // namespace pyfw
