// Where pyfw keeps what is of no use after a reboot.

#pragma once

namespace pyfw {

inline constexpr const char* kRunFolder = "/run/pyfw";

}  // namespace pyfw
