#include "kernel/native_memo.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <string>

#include "base/fd.h"
#include "sys/boot_time.h"
#include "sys/namespace_cookie.h"
#include "sys/run_folder.h"

namespace pyfw {
namespace {

Fd open_memo(int flags) {
  auto cookie = namespace_cookie();
  if (!cookie) return {};
  auto path = fmt::format("{}/iptables-only-{}", kRunFolder, *cookie);
  Fd fd(open(path.c_str(), flags | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600));
  struct stat file{};
  bool ours = fd.valid() && fstat(fd.get(), &file) == 0 && S_ISREG(file.st_mode) &&
              file.st_uid == geteuid() && (file.st_mode & (S_IWGRP | S_IWOTH)) == 0;
  return ours ? std::move(fd) : Fd();
}

// As many bytes each time, so that no reader sees the rest of an older one. After a boot, another namespace
// may have the number; and not every machine empties /run.
std::string memo_of(std::uint32_t generation) {
  auto boot = boot_id();
  return boot ? fmt::format("{} {:>10}\n", *boot, generation) : std::string();
}

}  // namespace

bool has_no_native_rules_at(std::uint32_t generation) {
  auto fd = open_memo(O_RDONLY);
  std::array<char, 128> text{};
  auto size = fd.valid() ? read(fd.get(), text.data(), text.size()) : 0;
  return size > 0 && std::string_view(text.data(), static_cast<std::size_t>(size)) == memo_of(generation);
}

void note_no_native_rules_at(std::uint32_t generation) {
  (void)mkdir(kRunFolder, 0700);
  auto fd = open_memo(O_WRONLY | O_CREAT);
  if (!fd.valid()) return;
  auto text = memo_of(generation);
  (void)!pwrite(fd.get(), text.data(), text.size(), 0);
}

}  // namespace pyfw
