// Holds a namespace of some process: it lives as long as the descriptor does.

#pragma once

#include <fcntl.h>

#include <filesystem>
#include <string_view>

#include "base/fd.h"
#include "sys/process.h"

namespace pyfw::lab {

// `process` is a folder of some /proc, `kind` one of its ns/: net, mnt, pid.
inline Result<Fd> open_namespace(const std::filesystem::path& process, std::string_view kind) {
  auto path = process / "ns" / kind;
  Fd fd(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd.valid()) return system_error("open " + path.string());
  return fd;
}

inline Result<Fd> open_namespace(pid_t pid, std::string_view kind) {
  return open_namespace(std::filesystem::path("/proc") / std::to_string(pid), kind);
}

}  // namespace pyfw::lab
