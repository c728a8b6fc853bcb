// A script of /etc/init.d as the unit that systemd makes of it, by the header that the LSB wants:
//
//   # Provides:          netfilter-persistent
//   # Required-Start:    $local_fs
//   # X-Start-Before:    $network

#pragma once

#include <string>
#include <vector>

#include "doctor/unit_files.h"
#include "doctor/unit_text.h"

namespace pyfw {

UnitText unit_of_script(const InitScript& script);
// The target that starts it in that runlevel; empty where none does.
std::string target_of_runlevel(const std::string& runlevel);

}  // namespace pyfw
