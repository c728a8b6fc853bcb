#include "sys/xtables_lock.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <fstream>
#include <thread>
#include <utility>

#include "base/strings.h"
#include "sys/process.h"

namespace pyfw {
namespace {

using namespace std::chrono_literals;
constexpr auto kPatience = 10s;
constexpr auto kTryEvery = 5ms;
// XT_LOCK_NAME of iptables; 1.6 and older have /run too.
constexpr const char* kFile = "/run/xtables.lock";

// A line of /proc/locks: "7: FLOCK  ADVISORY  WRITE 4711 00:17:1234 0 EOF".
std::string holder_of(const Fd& fd) {
  struct stat file{};
  if (fstat(fd.get(), &file) != 0) return {};
  auto inode = fmt::format(":{}", file.st_ino);
  std::ifstream locks("/proc/locks");
  std::string line;
  while (std::getline(locks, line)) {
    auto words = split(line, ' ');
    std::erase(words, std::string_view());
    if (words.size() < 6 || words[1] != "FLOCK" || !words[5].ends_with(inode)) continue;
    std::string name;
    std::getline(std::ifstream(fmt::format("/proc/{}/comm", words[4])) >> std::ws, name);
    return fmt::format("{} (pid {})", name.empty() ? "a process" : name, words[4]);
  }
  return {};
}

class HeldLock : public Hold {
 public:
  HeldLock(Fd lock, Fd private_lock, std::string& lock_file)
      : lock_(std::move(lock)), private_lock_(std::move(private_lock)), lock_file_(lock_file) {
    lock_file_ = fmt::format("/proc/{}/fd/{}", getpid(), private_lock_.get());
  }
  ~HeldLock() override { lock_file_.clear(); }

 private:
  Fd lock_;
  Fd private_lock_;
  std::string& lock_file_;
};

}  // namespace

Result<Fd> take_xtables_lock() {
  Fd fd(open(kFile, O_RDONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!fd.valid()) return system_error(fmt::format("open {}", kFile));
  auto begin = std::chrono::steady_clock::now();
  while (flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK && errno != EINTR) return system_error(fmt::format("lock {}", kFile));
    if (std::chrono::steady_clock::now() - begin > kPatience) {
      auto holder = holder_of(fd);
      return fail(fmt::format("{} holds the lock of iptables ({}) for longer than 10 s",
                              holder.empty() ? "another program" : holder, kFile));
    }
    std::this_thread::sleep_for(kTryEvery);
  }
  return fd;
}

Result<std::unique_ptr<Hold>> hold_xtables_lock(std::string& lock_file) {
  TRY(auto lock, take_xtables_lock());
  // iptables-legacy takes a lock of its own while we hold the one that all others wait for.
  Fd own(memfd_create("xtables.lock", MFD_CLOEXEC));
  if (!own.valid()) return system_error("memfd_create");
  return std::make_unique<HeldLock>(std::move(lock), std::move(own), lock_file);
}

}  // namespace pyfw
