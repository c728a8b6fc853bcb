// How many packets a second the library traces on one core, as a multiple of what one gets by sending the
// same packets for real and reading the kernel's own trace of them.

#pragma once

namespace pyfw::bench {

// Prints it. False where packets can't be sent.
bool bench_trace();

}  // namespace pyfw::bench
