#include "events/file_events.h"

#include <fmt/format.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <cstring>
#include <optional>
#include <string_view>

#include "sys/process.h"

namespace pyfw {
namespace {

// A folder or a link on the way comes or goes.
constexpr std::uint32_t kWay = IN_CREATE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE;
// Who may write a file matters, too: pyfw reads none that others may.
constexpr std::uint32_t kWritten = kWay | IN_CLOSE_WRITE | IN_ATTRIB;
constexpr int kMostLinks = 8;  // that lead to each other

// A link of either kind leads to what was there before.
bool is_link(const std::string& path) {
  struct stat there{};
  if (lstat(path.c_str(), &there) != 0) return false;
  return S_ISLNK(there.st_mode) || (S_ISREG(there.st_mode) && there.st_nlink > 1);
}

std::optional<std::string> target_of(const std::string& path) {
  std::array<char, PATH_MAX> target{};
  auto size = readlink(path.c_str(), target.data(), target.size());
  if (size <= 0) return std::nullopt;
  return std::string(target.data(), static_cast<std::size_t>(size));
}

std::string inside(const std::string& folder, std::string_view name) {
  return fmt::format("{}{}{}", folder, folder == "/" ? "" : "/", name);
}

// A file that was only made has nothing in it yet, and is told of when it is written.
bool is_of_consequence(const inotify_event& event, const std::string& path) {
  return (event.mask & IN_CREATE) == 0 || (event.mask & IN_ISDIR) != 0 || is_link(path);
}

}  // namespace

Result<FileEvents> FileEvents::open() {
  Fd inotify(inotify_init1(IN_CLOEXEC | IN_NONBLOCK));
  if (!inotify.valid()) return system_error("inotify");
  return FileEvents(std::move(inotify));
}

void FileEvents::listen_to(std::span<const std::string> paths) {
  paths_.assign(paths.begin(), paths.end());
  endings_.clear();
  listen_again();
}

void FileEvents::listen_to_folder(const std::string& folder, const std::string& ending) {
  endings_.emplace_back(folder, ending);
  listen_again();
}

void FileEvents::listen_again() {
  for (const auto& [id, names] : folders_) inotify_rm_watch(inotify_.get(), id);
  folders_.clear();
  for (const auto& path : paths_) add_way_to(path, 0);
  for (const auto& [folder, ending] : endings_) {
    add_way_to(folder, 0);
    if (auto* names = add(folder, kWritten)) names->endings.insert(ending);
  }
}

// One that is not there yet comes to the last folder that is.
void FileEvents::add_way_to(const std::string& path, int links) {
  std::string folder = path.starts_with('/') ? "/" : ".";
  auto left = std::string_view(path);
  while (!left.empty()) {
    auto slash = std::min(left.find('/'), left.size());
    auto name = left.substr(0, slash);
    left.remove_prefix(std::min(slash + 1, left.size()));
    if (name.empty()) continue;
    auto* names = add(folder, left.empty() ? kWritten : kWay);
    if (names == nullptr) return;
    names->names.emplace(name);
    auto whole = inside(folder, name);
    if (auto target = target_of(whole)) {
      auto to = target->starts_with('/') ? *target : inside(folder, *target);
      if (links < kMostLinks) add_way_to(left.empty() ? to : inside(to, left), links + 1);
      return;
    }
    folder = std::move(whole);
  }
}

FileEvents::Names* FileEvents::add(const std::string& folder, std::uint32_t events) {
  auto id = inotify_add_watch(inotify_.get(), folder.c_str(), events | IN_ONLYDIR | IN_MASK_ADD);
  if (id < 0) return nullptr;
  auto& names = folders_[id];
  names.folder = folder;
  return &names;
}

bool FileEvents::take() {
  if (!take_events()) return false;
  // The way may be another one by now.
  listen_again();
  return true;
}

bool FileEvents::take_events() {
  alignas(inotify_event) std::array<char, 16384> buffer{};
  bool heard = false;
  while (true) {
    auto got = read(inotify_.get(), buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return heard;
    for (std::size_t at = 0; at + sizeof(inotify_event) <= static_cast<std::size_t>(got);) {
      inotify_event event{};
      std::memcpy(&event, buffer.data() + at, sizeof(event));
      std::string_view name = event.len > 0 ? buffer.data() + at + sizeof(event) : "";
      auto folder = folders_.find(event.wd);
      bool is_ours = folder != folders_.end() &&
                     (folder->second.names.contains(name) ||
                      std::ranges::any_of(folder->second.endings,
                                          [&](const auto& ending) { return name.ends_with(ending); })) &&
                     is_of_consequence(event, inside(folder->second.folder, name));
      // Where the queue was too small nobody knows what it was.
      heard = heard || is_ours || (event.mask & IN_Q_OVERFLOW) != 0;
      at += sizeof(event) + event.len;
    }
  }
}

}  // namespace pyfw
