// All that is known of a host, live or from files: what tracing works on.

#pragma once

#include "app/options.h"
#include "host/state_document.h"
#include "wish/wishes.h"

namespace pyfw {

// The state from the files that the command line names; else the live one, and then what can't be looked at
// is a warning on standard error.
Result<HostState> read_whole_host(const Options& options, const World& world);
// With all wishes fulfilled, and those wishes.
struct DesiredHost {
  HostState host;
  Wishes wishes;
};
Result<DesiredHost> read_desired_host(const Options& options, const World& world);

}  // namespace pyfw
