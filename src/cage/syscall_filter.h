// The system calls that a caged script may not make, whatever it is root of: those that make or enter
// namespaces and mounts, that look into other processes, that take kernel memory which no limit counts, or
// that reach what no namespace holds. They fail as for one who is not root.

#pragma once

namespace pyfw {

struct SyscallFilter {
  bool is_there = false;  // true also on a machine whose calls are not known here
  int buffer_calls = -1;  // where calls for a larger buffer wait for an answer (forced_buffers.h)
};

// For this process and all that come from it. Runs between clone and exec, so it allocates nothing.
SyscallFilter filter_syscalls();

}  // namespace pyfw
