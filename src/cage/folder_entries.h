// The entries of a folder without allocating, as readdir would: for what runs between clone and exec.
//
//   for_each_entry(folder, [&](const char* name) { …; return goes_on; });

#pragma once

#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <cstring>

namespace pyfw {

struct KernelEntry {
  std::uint64_t inode;
  std::int64_t offset;
  std::uint16_t length;
  std::uint8_t type;
  char name[1];  // NOLINT: the kernel's layout
};

// False where `work` says so, or where the folder can't be read.
template <typename Work>
bool for_each_entry(int folder, const Work& work) {
  alignas(KernelEntry) std::array<char, 8192> buffer{};
  for (;;) {
    auto size = syscall(SYS_getdents64, folder, buffer.data(), buffer.size());
    if (size <= 0) return size == 0;
    for (long at = 0; at < size;) {
      const auto* entry = reinterpret_cast<const KernelEntry*>(buffer.data() + at);
      if (std::strcmp(entry->name, ".") != 0 && std::strcmp(entry->name, "..") != 0 && !work(entry->name))
        return false;
      at += entry->length;
    }
  }
}

}  // namespace pyfw
