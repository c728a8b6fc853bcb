#include "sys/lock.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <thread>

#include "sys/process.h"
#include "sys/run_folder.h"

namespace pyfw {
namespace {

using namespace std::chrono_literals;
constexpr auto kPatience = 10s;
constexpr auto kSaySoAfter = 1s;
constexpr auto kTryEvery = 50ms;

// One file serves all namespaces: each locks the byte of its own number.
Result<off_t> byte_of_this_namespace() {
  struct stat space{};
  if (stat("/proc/thread-self/ns/net", &space) != 0) return system_error("stat /proc/thread-self/ns/net");
  return static_cast<off_t>(space.st_ino);
}

// The lock belongs to the open file, so that no other descriptor of ours can lose it.
bool try_lock(const Fd& fd, off_t byte) {
  struct flock range{};
  range.l_type = F_WRLCK;
  range.l_whence = SEEK_SET;
  range.l_start = byte;
  range.l_len = 1;
  return fcntl(fd.get(), F_OFD_SETLK, &range) == 0;
}

Result<Fd> open_lock(const std::string& file) {
  if (mkdir(kRunFolder, 0700) != 0 && errno != EEXIST)
    return system_error(fmt::format("mkdir {}", kRunFolder));
  Fd fd(open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!fd.valid()) return system_error(fmt::format("open {}", file));
  return fd;
}

bool is_held_by_another(int error) { return error == EAGAIN || error == EACCES; }

}  // namespace

Result<std::optional<Fd>> lock_as_daemon_of_this_namespace() {
  auto file = fmt::format("{}/daemon", kRunFolder);
  TRY(auto fd, open_lock(file));
  TRY(auto byte, byte_of_this_namespace());
  if (try_lock(fd, byte)) return std::move(fd);
  if (is_held_by_another(errno)) return std::nullopt;
  return system_error(fmt::format("lock {}", file));
}

Result<Fd> lock_this_namespace(const std::function<void()>& say_waiting) {
  auto file = fmt::format("{}/lock", kRunFolder);
  TRY(auto fd, open_lock(file));
  TRY(auto byte, byte_of_this_namespace());
  auto begin = std::chrono::steady_clock::now();
  bool said = false;
  while (!try_lock(fd, byte)) {
    if (!is_held_by_another(errno) && errno != EINTR) return system_error(fmt::format("lock {}", file));
    auto waited = std::chrono::steady_clock::now() - begin;
    if (waited > kPatience) return fail("another pyfw is at work on this host, and did not end within 10 s");
    if (waited > kSaySoAfter && !said) {
      say_waiting();
      said = true;
    }
    std::this_thread::sleep_for(kTryEvery);
  }
  return fd;
}

}  // namespace pyfw
