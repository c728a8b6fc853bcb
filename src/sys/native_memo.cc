#include "sys/native_memo.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <string>

#include "base/fd.h"
#include "base/strings.h"

#ifndef SO_NETNS_COOKIE
#define SO_NETNS_COOKIE 71
#endif

namespace pyfw {
namespace {

// A namespace's cookie is never used again until the next boot. Empty where the kernel (before 5.14) has
// none.
std::string path_for_this_namespace() {
  Fd socket(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  std::uint64_t cookie = 0;
  socklen_t size = sizeof cookie;
  if (!socket.valid() || getsockopt(socket.get(), SOL_SOCKET, SO_NETNS_COOKIE, &cookie, &size) != 0)
    return {};
  return fmt::format("/run/pyfw/iptables-only-{}", cookie);
}

Fd open_memo(int flags) {
  auto path = path_for_this_namespace();
  if (path.empty()) return {};
  Fd fd(open(path.c_str(), flags | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600));
  struct stat file{};
  bool ours = fd.valid() && fstat(fd.get(), &file) == 0 && S_ISREG(file.st_mode) &&
              file.st_uid == geteuid() && (file.st_mode & (S_IWGRP | S_IWOTH)) == 0;
  return ours ? std::move(fd) : Fd();
}

}  // namespace

bool has_no_native_rules_at(std::uint32_t generation) {
  auto fd = open_memo(O_RDONLY);
  std::array<char, 16> text{};
  auto size = fd.valid() ? read(fd.get(), text.data(), text.size()) : 0;
  if (size <= 0) return false;
  auto known = parse_number(trim(std::string_view(text.data(), static_cast<std::size_t>(size))));
  return known && *known == generation;
}

void note_no_native_rules_at(std::uint32_t generation) {
  (void)mkdir("/run/pyfw", 0700);
  auto fd = open_memo(O_WRONLY | O_CREAT);
  if (!fd.valid()) return;
  // As many bytes each time, so that no reader sees the rest of an older number.
  auto text = fmt::format("{:>10}\n", generation);
  (void)!pwrite(fd.get(), text.data(), text.size(), 0);
}

}  // namespace pyfw
