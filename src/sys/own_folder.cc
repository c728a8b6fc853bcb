#include "sys/own_folder.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <memory>

#include "base/strings.h"

namespace pyfw {
namespace {

constexpr int kFolderFlags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
// Not blocking: a named pipe must not hang us before we see that it is one.
constexpr int kReadFlags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
constexpr std::size_t kLargestText = 256UL << 20U;
constexpr std::string_view kTemporary = ".pyfw-";
constexpr std::size_t kTemporaryDigits = 16;
constexpr Letters kHexadecimal("0123456789abcdef");

std::unexpected<Error> cannot(std::string_view verb, const std::string& path, std::string_view why,
                              std::string hint) {
  return fail(fmt::format("can't {} {}: {}", verb, path, why), std::move(hint));
}

std::string hint_for(int error) {
  switch (error) {
    case EACCES:
    case EPERM: return geteuid() == 0 ? "" : "run pyfw as root, or name another folder with --state-dir";
    case ENOSPC:
    case EDQUOT: return "make room on its file system";
    case EROFS:
      return "its file system is mounted read-only: remount it, or name another folder with --state-dir";
    default: return "";
  }
}

std::unexpected<Error> cannot(std::string_view verb, const std::string& path, int error) {
  return cannot(verb, path, std::strerror(error), hint_for(error));
}

const char* kind_of(mode_t mode) {
  if (S_ISREG(mode)) return "a regular file";
  if (S_ISDIR(mode)) return "a folder";
  if (S_ISLNK(mode)) return "a link";
  if (S_ISFIFO(mode)) return "a named pipe";
  if (S_ISSOCK(mode)) return "a socket";
  return "a device";
}

Result<void> check_that_it_is_ours(std::string_view verb, const std::string& path, const struct stat& found) {
  if (found.st_uid != geteuid()) {
    auto me = geteuid() == 0 ? "root" : fmt::format("the user {}", geteuid());
    return cannot(verb, path, fmt::format("it belongs to the user {}, not to {}", found.st_uid, me),
                  fmt::format("look who put it there, then `chown {} {}`", geteuid(), shell_quote(path)));
  }
  if ((found.st_mode & (S_IWGRP | S_IWOTH)) != 0)
    return cannot(verb, path, "others than its owner can write it",
                  fmt::format("look whether anybody did, then `chmod go-w {}`", shell_quote(path)));
  return {};
}

std::unexpected<Error> no_regular_file(const std::string& path, mode_t mode) {
  return cannot("read", path, fmt::format("it is {}, not a regular file", kind_of(mode)),
                "pyfw did not make it: move it away");
}

std::unexpected<Error> too_large(std::string_view verb, const std::string& path) {
  return cannot(verb, path, fmt::format("larger than {} MiB", kLargestText >> 20U),
                verb == "read" ? "pyfw did not write it: move it away" : "");
}

Result<std::string> temporary_name() {
  std::uint64_t number = 0;
  if (getrandom(&number, sizeof number, 0) != sizeof number)
    return fail(fmt::format("getrandom: {}", std::strerror(errno)));
  return fmt::format("{}{:0{}x}", kTemporary, number, kTemporaryDigits);
}

// Exactly ours: an editor's hidden file is not for us to remove.
bool is_temporary(std::string_view name) {
  return name.starts_with(kTemporary) && name.size() == kTemporary.size() + kTemporaryDigits &&
         kHexadecimal.make_up(name.substr(kTemporary.size()));
}

// 0, or the errno.
int sync_to_disk(const Fd& fd) {
  while (fsync(fd.get()) != 0)
    if (errno != EINTR) return errno;
  return 0;
}

// Some file systems have no such thing for a folder, and say EINVAL.
Result<void> sync_folder(const Fd& fd, const std::string& path) {
  if (int error = sync_to_disk(fd); error != 0 && error != EINVAL) return cannot("sync", path, error);
  return {};
}

// 0, or the errno.
int write_all(const Fd& fd, std::string_view text) {
  while (!text.empty()) {
    auto n = ::write(fd.get(), text.data(), text.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return errno;
    text.remove_prefix(static_cast<std::size_t>(n));
  }
  return sync_to_disk(fd);
}

std::string above(const std::string& path) {
  auto slash = path.find_last_of('/');
  if (slash == std::string::npos) return ".";
  auto end = path.find_last_not_of('/', slash);
  return end == std::string::npos ? "/" : path.substr(0, end + 1);
}

Result<void> make_with_parents(const std::string& path) {
  struct stat found{};
  if (stat(path.c_str(), &found) == 0) return {};
  if (errno != ENOENT) return cannot("open", path, errno);
  auto parent = above(path);
  TRY_VOID(make_with_parents(parent));
  if (mkdir(path.c_str(), 0700) != 0)
    return errno == EEXIST ? Result<void>() : cannot("make the folder", path, errno);
  Fd fd(::open(parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd.valid()) return cannot("open", parent, errno);
  return sync_folder(fd, parent);
}

// "x/" and "x/." would reach through a link x, O_NOFOLLOW or not.
std::string without_end(std::string path) {
  while (path.size() > 1 && (path.ends_with('/') || path.ends_with("/."))) path.pop_back();
  return path;
}

struct CloseListing {
  void operator()(DIR* listing) const { closedir(listing); }
};

}  // namespace

Result<std::optional<OwnFolder>> OwnFolder::open_at(int above, const std::string& name,
                                                    const std::string& path) {
  Fd fd(openat(above, name.c_str(), kFolderFlags));
  struct stat found{};
  if (!fd.valid()) {
    int error = errno;
    if (error == ENOENT) return std::nullopt;
    if (fstatat(above, name.c_str(), &found, AT_SYMLINK_NOFOLLOW) == 0 && !S_ISDIR(found.st_mode))
      return cannot("use", path, fmt::format("it is {}, not a folder", kind_of(found.st_mode)),
                    "put a folder in its place, or name another with --state-dir");
    return cannot("open", path, error);
  }
  if (fstat(fd.get(), &found) != 0) return cannot("open", path, errno);
  TRY_VOID(check_that_it_is_ours("use", path, found));
  return OwnFolder(std::move(fd), path);
}

Result<std::optional<OwnFolder>> OwnFolder::open(const std::string& path) {
  auto plain = without_end(path);
  return open_at(AT_FDCWD, plain, plain);
}

Result<OwnFolder> OwnFolder::make(const std::string& path) {
  auto plain = without_end(path);
  TRY_VOID(make_with_parents(plain));
  TRY(auto made, open_at(AT_FDCWD, plain, plain));
  // A link to nowhere is told by open_at; so this one went between two calls.
  if (!made) return cannot("open", plain, ENOENT);
  return *std::move(made);
}

Result<std::optional<OwnFolder>> OwnFolder::open_inner(const std::string& name) const {
  return open_at(fd_.get(), name, path_of(name));
}

Result<OwnFolder> OwnFolder::make_inner(const std::string& name) const {
  if (mkdirat(fd_.get(), name.c_str(), 0700) == 0) {
    TRY_VOID(sync());
  } else if (errno != EEXIST) {
    return cannot("make the folder", path_of(name), errno);
  }
  TRY(auto made, open_inner(name));
  if (!made) return cannot("open", path_of(name), ENOENT);
  return *std::move(made);
}

Result<std::optional<std::string>> OwnFolder::read(const std::string& name) const {
  auto path = path_of(name);
  struct stat found{};
  Fd fd(openat(fd_.get(), name.c_str(), kReadFlags));
  if (!fd.valid()) {
    int error = errno;
    if (error == ENOENT) return std::nullopt;
    if (fstatat(fd_.get(), name.c_str(), &found, AT_SYMLINK_NOFOLLOW) == 0 && !S_ISREG(found.st_mode))
      return no_regular_file(path, found.st_mode);
    return cannot("read", path, error);
  }
  if (fstat(fd.get(), &found) != 0) return cannot("read", path, errno);
  if (!S_ISREG(found.st_mode)) return no_regular_file(path, found.st_mode);
  TRY_VOID(check_that_it_is_ours("read", path, found));
  auto size = static_cast<std::size_t>(found.st_size);
  if (size > kLargestText) return too_large("read", path);
  // A text is never changed in place, so its size is known; one that shrinks is damaged for whoever parses
  // it.
  std::string text(size, '\0');
  std::size_t done = 0;
  while (done < size) {
    auto n = ::read(fd.get(), text.data() + done, size - done);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return cannot("read", path, errno);
    if (n == 0) return cannot("read", path, "it shrank while it was read", "pyfw did not do that: try again");
    done += static_cast<std::size_t>(n);
  }
  return text;
}

Result<OwnFolder::Temporary> OwnFolder::make_temporary(const std::string& wanted) const {
  while (true) {
    TRY(auto name, temporary_name());
    Fd fd(openat(fd_.get(), name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (!fd.valid()) {
      if (errno == EEXIST || errno == EINTR) continue;
      if (errno == ENOENT)
        return cannot("write", path_of(wanted), "its folder was removed while pyfw ran", "start pyfw again");
      return cannot("write", path_of(wanted), errno);
    }
    // The lock says that this one is no leftover. Who tidied it away before we had the lock, wins.
    bool lost = flock(fd.get(), LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK;
    struct stat made{};
    if (fstat(fd.get(), &made) != 0) return cannot("write", path_of(wanted), errno);
    if (!lost && made.st_nlink > 0) return Temporary{.fd = std::move(fd), .name = std::move(name)};
  }
}

Result<void> OwnFolder::write(const std::string& name, std::string_view text) const {
  if (text.size() > kLargestText) return too_large("write", path_of(name));
  TRY(auto temporary, make_temporary(name));
  int error = write_all(temporary.fd, text);
  if (error == 0 && renameat(fd_.get(), temporary.name.c_str(), fd_.get(), name.c_str()) != 0) error = errno;
  if (error != 0) {
    unlinkat(fd_.get(), temporary.name.c_str(), 0);
    return cannot("write", path_of(name), error);
  }
  return sync();
}

Result<void> OwnFolder::remove(const std::string& name) const {
  if (unlinkat(fd_.get(), name.c_str(), 0) == 0) return sync();
  if (errno == ENOENT) return {};
  if (errno != EISDIR) return cannot("remove", path_of(name), errno);
  TRY(auto hidden, temporary_name());
  if (renameat(fd_.get(), name.c_str(), fd_.get(), hidden.c_str()) != 0)
    return cannot("remove", path_of(name), errno);
  TRY_VOID(sync());
  return drop(hidden);
}

Result<void> OwnFolder::drop(const std::string& name) const {
  if (unlinkat(fd_.get(), name.c_str(), 0) == 0 || errno == ENOENT) return {};
  if (errno != EISDIR) return cannot("remove", path_of(name), errno);
  TRY(auto inner, open_inner(name));
  if (!inner) return {};
  TRY(auto all, inner->names());
  for (const auto& each : all) TRY_VOID(inner->drop(each));
  if (unlinkat(fd_.get(), name.c_str(), AT_REMOVEDIR) != 0 && errno != ENOENT)
    return cannot("remove", path_of(name), errno);
  return {};
}

Result<std::vector<std::string>> OwnFolder::names() const {
  // Opened anew, since a listing has a position and fd_ serves many.
  Fd again(openat(fd_.get(), ".", kFolderFlags));
  if (!again.valid()) return cannot("list", path_, errno);
  std::unique_ptr<DIR, CloseListing> listing(fdopendir(again.get()));
  if (!listing) return cannot("list", path_, errno);
  again.release();
  std::vector<std::string> found;
  while (true) {
    errno = 0;
    const auto* entry = readdir(listing.get());
    if (entry == nullptr) break;
    std::string name = entry->d_name;
    if (name != "." && name != "..") found.push_back(std::move(name));
  }
  if (errno != 0) return cannot("list", path_, errno);
  return found;
}

Result<std::vector<std::string>> OwnFolder::folders() const {
  TRY(auto found, names());
  std::erase_if(found, [&](const std::string& name) {
    struct stat there{};
    return name.starts_with('.') || fstatat(fd_.get(), name.c_str(), &there, AT_SYMLINK_NOFOLLOW) != 0 ||
           !S_ISDIR(there.st_mode);
  });
  std::ranges::sort(found);
  return found;
}

void OwnFolder::tidy() const {
  auto found = names();
  if (!found) return;
  for (const auto& name : *found) {
    if (!is_temporary(name)) continue;
    Fd lock(openat(fd_.get(), name.c_str(), kReadFlags));
    if (!lock.valid() || flock(lock.get(), LOCK_EX | LOCK_NB) != 0) continue;
    // A leftover that can't be removed now harms nobody, and gets another chance.
    [[maybe_unused]] auto dropped = drop(name);
  }
}

Result<void> OwnFolder::sync() const { return sync_folder(fd_, path_); }

}  // namespace pyfw
