// A change of an earlier run that waits for its confirm, before something else is changed.

#pragma once

#include "app/live_host.h"
#include "base/error.h"

namespace pyfw {

// Completes an undo that is overdue. Fails where the change still waits: one after the other.
Result<void> settle_before(LiveHost& host, const World& world);

}  // namespace pyfw
