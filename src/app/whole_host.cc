#include "app/whole_host.h"

#include "app/live_host.h"
#include "app/print.h"
#include "app/request.h"
#include "app/sources.h"
#include "engine/apply.h"

namespace pyfw {
namespace {

Result<HostState> with_facts(State state, Kernel& kernel) {
  TRY(auto known, kernel.all_facts());
  print_warnings(known.warnings);
  return HostState{.state = std::move(state),
                   .facts = std::move(known.facts),
                   .backend = kernel.backend(),
                   .other = std::move(known.other_rules)};
}

// A state from files has no record: names claim what bears them.
Result<DesiredHost> desired_of_saved(const Options& options) {
  TRY(auto host, saved_host_of(options));
  TRY(auto kernel, saved_kernel_of(options));
  TRY(auto outlook, look(wishes_of(options), *kernel, {.manner = Manner::kGuarded, .adopts = true}));
  print_warnings(outlook.warnings);
  host.state = std::move(outlook.desired.state);
  return DesiredHost{.host = std::move(host), .wishes = std::move(outlook.wishes)};
}

}  // namespace

Result<HostState> read_whole_host(const Options& options, const World& world) {
  if (options.has_saved_state()) return saved_host_of(options);
  TRY(auto host, open_live_host(options, world, Access::kLookAtBoth));
  warn_of_pending(*host.store);
  TRY(auto state, host.kernel->read());
  TRY_VOID(host.kernel->finish_reading());
  return with_facts(std::move(state), *host.kernel);
}

Result<DesiredHost> read_desired_host(const Options& options, const World& world) {
  if (options.has_saved_state()) return desired_of_saved(options);
  TRY(auto host, open_live_host(options, world, Access::kLook));
  warn_of_pending(*host.store);
  TRY(auto request, request_of(options));
  TRY(auto outlook, look_with_record(wishes_of(options), *host.kernel, *host.store, request, {}));
  TRY_VOID(refuse_split(outlook.wishes, host.choice));
  if (!outlook.way.empty()) TRY_VOID(host.kernel->finish_reading());
  print_warnings(outlook.warnings);
  TRY(auto desired, with_facts(std::move(outlook.desired.state), *host.kernel));
  return DesiredHost{.host = std::move(desired), .wishes = std::move(outlook.wishes)};
}

}  // namespace pyfw
