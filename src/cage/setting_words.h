// The settings of the kernel that a script wrote, in lines for a person, in the order of the script.
//
//   in_words(run.settings, script.text)     // "net.ipv4.ip_forward = 1 (line 3)"
//                                           // "net.ipv4.conf.{all,eth0}.rp_filter = 1 (line 5)"

#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cage/caged_run.h"

namespace pyfw {

// No line is told where the script's text does not name the setting, as with `sysctl -p FILE`.
std::vector<std::string> in_words(std::span<const WrittenSetting> settings, std::string_view script);

}  // namespace pyfw
