#include "sys/lock.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <thread>
#include <utility>

#include "sys/process.h"
#include "sys/run_folder.h"

namespace pyfw {
namespace {

using namespace std::chrono_literals;
constexpr auto kPatience = 10s;
constexpr auto kSaySoAfter = 1s;
constexpr auto kTryEvery = 50ms;
// A program that a daemon was about to start when it was killed has its descriptors until it runs.
constexpr auto kOutlivesDaemon = 2s;

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

// False where others had it all the time. `at_wait` hears how long it takes, again and again.
Result<bool> lock_within(std::chrono::milliseconds patience, const Fd& fd, off_t byte,
                         const std::function<void(std::chrono::steady_clock::duration)>& at_wait) {
  auto begin = std::chrono::steady_clock::now();
  while (!try_lock(fd, byte)) {
    if (errno != EAGAIN && errno != EACCES && errno != EINTR)
      return system_error(fmt::format("lock a byte of a file in {}", kRunFolder));
    auto waited = std::chrono::steady_clock::now() - begin;
    if (waited > patience) return false;
    if (at_wait) at_wait(waited);
    std::this_thread::sleep_for(kTryEvery);
  }
  return true;
}

}  // namespace

Result<std::optional<Fd>> lock_as_daemon_of_this_namespace() {
  TRY(auto fd, open_lock(fmt::format("{}/daemon", kRunFolder)));
  TRY(auto byte, byte_of_this_namespace());
  TRY(bool is_ours, lock_within(kOutlivesDaemon, fd, byte, {}));
  if (!is_ours) return std::nullopt;
  return std::move(fd);
}

Result<Fd> lock_this_namespace(const std::function<void()>& say_waiting) {
  TRY(auto fd, open_lock(fmt::format("{}/lock", kRunFolder)));
  TRY(auto byte, byte_of_this_namespace());
  bool said = false;
  auto say_once = [&](auto waited) {
    if (waited > kSaySoAfter && !std::exchange(said, true)) say_waiting();
  };
  TRY(bool is_ours, lock_within(kPatience, fd, byte, say_once));
  if (!is_ours) return fail("another pyfw is at work on this host, and did not end within 10 s");
  return fd;
}

}  // namespace pyfw
