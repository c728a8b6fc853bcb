#include "sys/process_sockets.h"

#include <fmt/format.h>

#include <filesystem>
#include <string_view>

#include "base/strings.h"
#include "sys/process_stat.h"

namespace pyfw {
namespace {

namespace fs = std::filesystem;

std::string link_text(const fs::path& path) {
  std::error_code error;
  auto target = fs::read_symlink(path, error);
  return error ? std::string() : target.string();
}

}  // namespace

Result<Inodes> sockets_of(pid_t pid, const std::string& proc) {
  Inodes inodes;
  std::error_code error;
  auto folder = fmt::format("{}/{}/fd", proc, pid);
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    std::string_view prefix = "socket:[";
    auto text = link_text(entry->path());
    if (!text.starts_with(prefix) || !text.ends_with(']')) continue;
    auto number = std::string_view(text).substr(prefix.size(), text.size() - prefix.size() - 1);
    if (auto inode = parse_number(number)) inodes.push_back(*inode);
  }
  if (error == std::errc::permission_denied || error == std::errc::operation_not_permitted)
    return fail(fmt::format("can't see what connections process {} has", pid));
  return inodes;
}

std::map<std::uint64_t, std::string> holders_of(const std::set<std::uint64_t>& sockets,
                                                const std::string& proc) {
  std::map<std::uint64_t, std::string> names;
  constexpr pid_t kInit = 1;
  auto init_last = [](pid_t a, pid_t b) { return std::pair(a == kInit, a) < std::pair(b == kInit, b); };
  std::set<pid_t, decltype(init_last)> processes;
  std::error_code error;
  for (fs::directory_iterator entry(proc, error), end; !error && entry != end; entry.increment(error))
    if (auto pid = parse_number(entry->path().filename().string()))
      processes.insert(static_cast<pid_t>(*pid));
  for (auto pid : processes) {
    auto held = sockets_of(pid, proc);
    if (!held) continue;
    for (auto inode : *held) {
      if (!sockets.contains(inode) || names.contains(inode)) continue;
      if (auto stat = read_process_stat(pid, proc)) names[inode] = escape_control(stat->name);
    }
  }
  return names;
}

}  // namespace pyfw
