#include "sys/files.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "base/fd.h"

namespace pyfw {
namespace {

constexpr off_t kLargestFile = 64L << 20;
constexpr const char* kDefaultWishes = PYFW_CONFIG_DIR "/wishes.yaml";
constexpr const char* kDefaultFolder = PYFW_CONFIG_DIR "/wishes.d";

std::unexpected<Error> cannot(const std::string& path, const std::string& why, std::string hint = {}) {
  return bad_input(fmt::format("can't read {}: {}", path, why), std::move(hint));
}

Result<void> check(const std::string& path, const struct stat& file, Trust trust) {
  if (!S_ISREG(file.st_mode)) return cannot(path, "not a regular file");
  if (file.st_size > kLargestFile) return cannot(path, fmt::format("larger than {} MiB", kLargestFile >> 20));
  if (trust == Trust::kAnybody || geteuid() != 0) return {};
  if (file.st_uid != 0) return cannot(path, "it does not belong to root", fmt::format("chown root {}", path));
  bool group_writes = (file.st_mode & S_IWGRP) != 0 && file.st_gid != 0;
  if (group_writes || (file.st_mode & S_IWOTH) != 0)
    return cannot(path, "others than root can write it", fmt::format("chmod go-w {}", path));
  return {};
}

bool is_folder(const std::string& path) {
  struct stat file{};
  return stat(path.c_str(), &file) == 0 && S_ISDIR(file.st_mode);
}

Result<std::vector<std::string>> yaml_files_in(const std::string& folder) {
  auto* listing = opendir(folder.c_str());
  if (listing == nullptr) return cannot(folder, std::strerror(errno));
  std::vector<std::string> files;
  while (const auto* entry = readdir(listing)) {
    std::string name = entry->d_name;
    if (name.ends_with(".yaml") && !name.starts_with('.'))
      files.push_back(folder + (folder.ends_with('/') ? "" : "/") + name);
  }
  closedir(listing);
  std::ranges::sort(files);
  return files;
}

}  // namespace

Result<std::shared_ptr<const Source>> read_file(const std::string& path, Trust trust) {
  // Not blocking: a named pipe must not hang us before we see that it is one.
  Fd fd(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (!fd.valid()) return cannot(path, std::strerror(errno));
  struct stat file{};
  if (fstat(fd.get(), &file) != 0) return cannot(path, std::strerror(errno));
  TRY_VOID(check(path, file, trust));
  auto source = std::make_shared<Source>(Source{.name = path, .text = {}});
  source->text.reserve(static_cast<std::size_t>(file.st_size));
  std::string block(65536, '\0');
  while (true) {
    auto n = read(fd.get(), block.data(), block.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return cannot(path, std::strerror(errno));
    if (n == 0) return source;
    source->text.append(block, 0, static_cast<std::size_t>(n));
    if (source->text.size() > static_cast<std::size_t>(kLargestFile))
      return cannot(path, "it grows while it is read");
  }
}

Result<void> replace_file(const std::string& path, std::string_view text) {
  auto cannot_write = [&] { return fail(fmt::format("can't write {}: {}", path, std::strerror(errno))); };
  struct stat old{};
  bool is_there = lstat(path.c_str(), &old) == 0;
  if (is_there && !S_ISREG(old.st_mode)) return fail(fmt::format("can't write {}: not a regular file", path));
  auto temporary = path + ".new-XXXXXX";
  Fd fd(mkostemp(temporary.data(), O_CLOEXEC));
  if (!fd.valid()) return cannot_write();
  auto write_all = [&]() -> bool {
    if (is_there &&
        (fchmod(fd.get(), old.st_mode & 07777) != 0 || fchown(fd.get(), old.st_uid, old.st_gid) != 0))
      return false;
    while (!text.empty()) {
      auto n = write(fd.get(), text.data(), text.size());
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) return false;
      text.remove_prefix(static_cast<std::size_t>(n));
    }
    if (fsync(fd.get()) != 0) return false;
    // Between the two renames PATH is missing, but PATH.bak is whole.
    if (is_there && rename(path.c_str(), (path + ".bak").c_str()) != 0) return false;
    return rename(temporary.c_str(), path.c_str()) == 0;
  };
  if (write_all()) return {};
  auto error = cannot_write();
  unlink(temporary.c_str());
  return error;
}

Result<std::vector<std::string>> wishes_files(const std::string& path) {
  std::vector<std::string> files;
  if (path.empty()) {
    bool has_file = access(kDefaultWishes, F_OK) == 0 || errno != ENOENT;
    bool has_folder = is_folder(kDefaultFolder);
    if (!has_file && !has_folder)
      return bad_input(fmt::format("there is no {}", kDefaultWishes),
                       "write your wishes there (`pyfw import` begins with the rules of this host), or name "
                       "another file with "
                       "--wishes FILE");
    if (has_file) files.emplace_back(kDefaultWishes);
    if (!has_folder) return files;
    TRY(auto more, yaml_files_in(kDefaultFolder));
    files.insert(files.end(), more.begin(), more.end());
    if (files.empty())
      return cannot(kDefaultFolder, "no *.yaml file in this folder, and no wishes.yaml beside it");
    return files;
  }
  if (!is_folder(path)) return std::vector{path};
  TRY(files, yaml_files_in(path));
  if (files.empty()) return cannot(path, "no *.yaml file in this folder");
  return files;
}

}  // namespace pyfw
