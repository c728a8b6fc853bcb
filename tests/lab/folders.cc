#include "lab/folders.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mount.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <span>
#include <string_view>
#include <vector>

#include "sys/process.h"

namespace pyfw::lab {
namespace {

namespace fs = std::filesystem;

Result<void> mount_memory(const std::string& folder) {
  if (mount("tmpfs", folder.c_str(), "tmpfs", MS_NOSUID | MS_NODEV, "mode=755") != 0)
    return system_error("can't mount a tmpfs on " + folder);
  return {};
}

Result<void> show_again(const fs::path& from, const fs::directory_entry& entry, const fs::path& to) {
  std::error_code error;
  if (entry.is_symlink()) {
    fs::create_symlink(fs::read_symlink(from), to, error);
  } else if (entry.is_directory() || entry.is_regular_file()) {
    if (entry.is_directory())
      fs::create_directory(to, error);
    else
      Fd(open(to.c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0644));
    if (mount(from.c_str(), to.c_str(), nullptr, MS_BIND | MS_REC, nullptr) != 0)
      return system_error(fmt::format("can't bind {}", to.string()));
  }
  if (error) return fail(fmt::format("{}: {}", to.string(), error.message()));
  return {};
}

// A folder in memory that shows all that stood there, but for `hidden`, and takes new entries without
// the machine's seeing them. (An overlay would do, but can't be had inside every container.)
Result<void> shadow(const std::string& folder, std::span<const std::string_view> hidden) {
  std::error_code error;
  std::vector<fs::directory_entry> entries;
  for (auto entry = fs::directory_iterator(folder, error); entry != fs::directory_iterator();
       entry.increment(error))
    entries.push_back(*entry);
  if (error) return fail(fmt::format("{}: {}", folder, error.message()));
  // The working directory stays below the new mount: relative paths name the machine's entries.
  if (chdir(folder.c_str()) != 0) return system_error("chdir " + folder);
  TRY_VOID(mount_memory(folder));
  for (const auto& entry : entries) {
    auto name = entry.path().filename().string();
    if (std::ranges::find(hidden, name) != hidden.end()) continue;
    fs::directory_entry below(name, error);
    TRY_VOID(show_again(name, below, fs::path(folder) / name));
  }
  if (chdir("/") != 0) return system_error("chdir /");
  return {};
}

// Debian's /usr/sbin/iptables is a link to /etc/alternatives/iptables: there a host has its own mind,
// whatever the machine's is. dockerd takes iptables from PATH, pyfw takes it by its absolute path.
Result<void> choose_iptables(Backend backend) {
  constexpr std::string_view kNames[] = {"iptables",  "iptables-save",  "iptables-restore",
                                         "ip6tables", "ip6tables-save", "ip6tables-restore"};
  TRY_VOID(shadow("/etc/alternatives", kNames));
  std::string program =
      backend == Backend::kNft ? "/usr/sbin/xtables-nft-multi" : "/usr/sbin/xtables-legacy-multi";
  for (auto name : kNames)
    if (symlink(program.c_str(), fmt::format("/etc/alternatives/{}", name).c_str()) != 0)
      return system_error("symlink");
  return {};
}

}  // namespace

Result<void> make_folders(Backend backend) {
  constexpr std::string_view kEtc[] = {"docker", "pyfw"};
  constexpr std::string_view kVarLib[] = {"docker", "containerd", "pyfw"};
  TRY_VOID(mount_memory("/run"));
  TRY_VOID(shadow("/etc", kEtc));
  TRY_VOID(shadow("/var/lib", kVarLib));
  return choose_iptables(backend);
}

}  // namespace pyfw::lab
