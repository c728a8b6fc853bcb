#include "lab/cgroups.h"

#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <filesystem>
#include <string_view>
#include <vector>

namespace pyfw::lab {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kPrefix = "pyfw-lab-";

std::vector<fs::path> folders_in(const fs::path& folder) {
  std::vector<fs::path> out;
  std::error_code ignored;
  for (auto entry = fs::directory_iterator(folder, ignored); entry != fs::directory_iterator();
       entry.increment(ignored))
    if (entry->is_directory(ignored) && !entry->is_symlink(ignored)) out.push_back(entry->path());
  return out;
}

// The roots of all hierarchies: the mount point itself (v2), and each folder in it (v1, hybrid).
std::vector<fs::path> hierarchies() {
  auto out = folders_in("/sys/fs/cgroup");
  out.emplace_back("/sys/fs/cgroup");
  return out;
}

bool remove_tree(const fs::path& cgroup) {
  for (const auto& inner : folders_in(cgroup)) remove_tree(inner);
  return rmdir(cgroup.c_str()) == 0 || errno == ENOENT;
}

bool remove_everywhere(const std::string& name) {
  bool removed = true;
  for (const auto& root : hierarchies()) removed &= remove_tree(root / name);
  return removed;
}

bool owner_lives(std::string_view name) {
  pid_t owner = 0;
  auto digits = name.substr(kPrefix.size());
  auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), owner);
  return error != std::errc{} || owner <= 0 || kill(owner, 0) == 0;
}

}  // namespace

std::string cgroup_name(pid_t keeper) { return fmt::format("{}{}", kPrefix, keeper); }

void remove_cgroups_of(pid_t keeper) {
  for (int attempt = 0; attempt < 200 && !remove_everywhere(cgroup_name(keeper)); ++attempt) usleep(10'000);
}

void remove_stale_cgroups() {
  for (const auto& root : hierarchies())
    for (const auto& cgroup : folders_in(root))
      if (auto name = cgroup.filename().string(); name.starts_with(kPrefix) && !owner_lives(name))
        remove_tree(cgroup);
}

}  // namespace pyfw::lab
