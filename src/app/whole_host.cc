#include "app/whole_host.h"

#include "app/live_host.h"
#include "app/print.h"
#include "app/sources.h"

namespace pyfw {

Result<HostState> read_whole_host(const Options& options, const World& world) {
  if (options.has_saved_state()) return saved_host_of(options);
  TRY(auto host, open_live_host(options, world, Access::kLookAtBoth));
  warn_of_pending(*host.store);
  TRY(auto state, host.kernel->read());
  TRY_VOID(host.kernel->finish_reading());
  TRY(auto all, host.kernel->all_facts());
  print_warnings(all.warnings);
  return HostState{.state = std::move(state),
                   .facts = std::move(all.facts),
                   .backend = host.kernel->backend(),
                   .other = std::move(all.other_rules)};
}

}  // namespace pyfw
