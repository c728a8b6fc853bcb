// The cgroups that a lab's Docker makes: one named after the lab's keeper in each hierarchy, of cgroup v1
// or v2. The kernel refuses to remove a cgroup that has a process, so removing can only hit empty ones.

#pragma once

#include <sys/types.h>

#include <string>

namespace pyfw::lab {

std::string cgroup_name(pid_t keeper);

// Waits a little for processes that are just being killed.
void remove_cgroups_of(pid_t keeper);

// What keepers that were killed themselves left behind.
void remove_stale_cgroups();

}  // namespace pyfw::lab
