// The process that holds the deadline of a change.

#pragma once

#include "app/live_host.h"
#include "app/options.h"
#include "app/world.h"
#include "engine/apply.h"

namespace pyfw {

// Starts this program once more, as `pyfw hold`, and waits until it has reported in the store.
StartHolder arm_by_process(const Options& options, LiveHost& host);

// `pyfw hold ID`: waits for the deadline of the change that waits under this number, and undoes it.
ExitCode run_hold(const Options& options, const World& world);

}  // namespace pyfw
