// What noted_pyfw asked of the kernel in one run.

#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "base/error.h"
#include "lab/host.h"
#include "nf/state.h"

namespace pyfw::races {

struct Notes {
  std::size_t attempts = 0;  // plans that were carried out, or would have been
  std::size_t rehearsals = 0;
  std::size_t commits = 0;
  // ns of CLOCK_MONOTONIC: when the last commit of rules began, or the last read if there was none. What
  // stood there by then, pyfw has seen.
  std::int64_t convinced_at = 0;
};

// And forgets them: the next run begins anew.
Result<Notes> take_notes(const std::string& path);

// The rules and sets of a host as its own programs save them.
Result<State> state_of(const lab::Host& host);

}  // namespace pyfw::races
