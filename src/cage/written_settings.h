// Which settings of the kernel a caged script has written, be it the value that they had: the times of the
// files in its copy of /proc/sys tell. Runs between clone and exec, so it allocates nothing.

#pragma once

#include <string_view>

namespace pyfw {

// From now on. `folder` is the copy.
bool forget_writes(const char* folder);

// "net/ipv4/ip_forward" and "1", for each that was written since; of very many the first that are found.
void for_each_written(const char* folder, void (*tell)(std::string_view name, std::string_view value));

}  // namespace pyfw
