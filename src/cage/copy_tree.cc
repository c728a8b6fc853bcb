#include "cage/copy_tree.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "base/fd.h"
#include "cage/folder_entries.h"

namespace pyfw {
namespace {

constexpr unsigned kDeepest = 16;
constexpr std::size_t kLongestFile = std::size_t{8} << 20;

bool copy_bytes(int from, int to) {
  std::array<char, 16384> buffer{};
  std::size_t total = 0;
  for (;;) {
    auto size = read(from, buffer.data(), buffer.size());
    if (size < 0 && errno == EINTR) continue;
    if (size <= 0) return true;  // a setting may refuse to be read: it is empty then
    total += static_cast<std::size_t>(size);
    if (total > kLongestFile) return ftruncate(to, 0) == 0;
    if (write(to, buffer.data(), static_cast<std::size_t>(size)) != size) return false;
  }
}

int open_folder(int folder, const char* name) {
  return openat(folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

bool copy_file(int source_folder, const char* source, int copy_folder, const char* copy, unsigned mode) {
  Fd from(openat(source_folder, source, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  unsigned own = from.valid() ? mode | 0600U : 0200U;
  Fd to(openat(copy_folder, copy, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, own));
  if (!to.valid()) return errno == EEXIST;
  return !from.valid() || copy_bytes(from.get(), to.get());
}

// Only O_PATH leaves alone what is mounted when it is looked at.
bool is_in_memory(int folder, const char* name) {
  Fd place(openat(folder, name, O_PATH | O_NOFOLLOW | O_CLOEXEC));
  struct statfs status{};
  return place.valid() && fstatfs(place.get(), &status) == 0 && status.f_type == TMPFS_MAGIC;
}

class Copier {
 public:
  Copier(int source, unsigned deepest, bool with_files) : deepest_(deepest), with_files_(with_files) {
    struct stat status{};
    if (fstat(source, &status) == 0) device_ = status.st_dev;
  }

  bool copy(int source, int copy, unsigned depth) const {
    return for_each_entry(source, [&](const char* name) { return copy_entry(source, name, copy, depth); });
  }

 private:
  bool copy_entry(int source, const char* name, int copy, unsigned depth) const {
    struct stat status{};
    if (fstatat(source, name, &status, AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT) != 0) return true;
    if (S_ISDIR(status.st_mode)) return copy_folder(source, name, copy, status, depth);
    if (!with_files_) return true;
    if (S_ISLNK(status.st_mode)) return copy_link(source, name, copy);
    return !S_ISREG(status.st_mode) || copy_file(source, name, copy, name, status.st_mode & 0777U);
  }

  bool copy_folder(int source, const char* name, int copy, const struct stat& status, unsigned depth) const {
    if (mkdirat(copy, name, (status.st_mode & 07777U) | 0700U) != 0 && errno != EEXIST) return false;
    // What is mounted there (binfmt_misc, by systemd when it is looked at) stays away, but for files in
    // memory.
    if (depth + 1 >= deepest_) return true;
    if (status.st_dev != device_ && !(with_files_ && is_in_memory(source, name))) return true;
    Fd inner(open_folder(source, name));
    Fd inner_copy(open_folder(copy, name));
    return !inner.valid() || !inner_copy.valid() || this->copy(inner.get(), inner_copy.get(), depth + 1);
  }

  static bool copy_link(int source, const char* name, int copy) {
    std::array<char, 4096> target{};
    auto size = readlinkat(source, name, target.data(), target.size() - 1);
    return size <= 0 || symlinkat(target.data(), copy, name) == 0 || errno == EEXIST;
  }

  unsigned deepest_;
  bool with_files_;
  dev_t device_ = 0;
};

}  // namespace

bool copy_tree(int source, int copy) { return Copier(source, kDeepest, true).copy(source, copy, 0); }

bool copy_folders(int source, int copy, unsigned depth) {
  return Copier(source, depth, false).copy(source, copy, 0);
}

}  // namespace pyfw
