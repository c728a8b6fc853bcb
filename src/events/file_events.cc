#include "events/file_events.h"

#include <sys/inotify.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <string_view>

#include "sys/process.h"

namespace pyfw {
namespace {

constexpr std::uint32_t kWritten = IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE;

}  // namespace

Result<FileEvents> FileEvents::open() {
  Fd inotify(inotify_init1(IN_CLOEXEC | IN_NONBLOCK));
  if (!inotify.valid()) return system_error("inotify");
  return FileEvents(std::move(inotify));
}

int FileEvents::add(const std::string& folder) {
  return inotify_add_watch(inotify_.get(), folder.c_str(), kWritten | IN_ONLYDIR);
}

void FileEvents::listen_to(std::span<const std::string> paths) {
  for (const auto& [id, names] : folders_) inotify_rm_watch(inotify_.get(), id);
  folders_.clear();
  for (const auto& path : paths) {
    auto slash = path.rfind('/');
    auto folder = slash == std::string::npos ? "." : slash == 0 ? "/" : path.substr(0, slash);
    if (auto id = add(folder); id >= 0) folders_[id].names.insert(path.substr(slash + 1));
  }
}

void FileEvents::listen_to_folder(const std::string& folder, const std::string& ending) {
  if (auto id = add(folder); id >= 0) folders_[id].ending = ending;
}

bool FileEvents::take() {
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
                      (!folder->second.ending.empty() && name.ends_with(folder->second.ending)));
      // Where the queue was too small nobody knows what it was.
      heard = heard || is_ours || (event.mask & IN_Q_OVERFLOW) != 0;
      at += sizeof(event) + event.len;
    }
  }
}

}  // namespace pyfw
