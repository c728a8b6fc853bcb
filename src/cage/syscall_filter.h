// The system calls that a caged script may not make, whatever it is root of: those that make or enter
// namespaces and mounts, that look into other processes, that take kernel memory which no limit counts, or
// that reach what no namespace holds. They fail as for one who is not root.

#pragma once

namespace pyfw {

// For this process and all that come from it. Runs between clone and exec, so it allocates nothing. True
// where there is nothing to do: on a machine whose calls are not known here.
bool filter_syscalls();

}  // namespace pyfw
