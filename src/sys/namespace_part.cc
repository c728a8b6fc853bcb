#include "sys/namespace_part.h"

#include <dirent.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "sys/namespace_cookie.h"
#include "sys/process.h"
#include "sys/state_dir.h"

namespace pyfw {
namespace {

constexpr const char* kNamed = "/run/netns";

struct Identity {
  dev_t device = 0;
  ino_t inode = 0;

  bool operator==(const Identity&) const = default;
};

std::optional<Identity> identity_of(const std::string& path) {
  struct stat found{};
  if (stat(path.c_str(), &found) != 0) return std::nullopt;
  return Identity{.device = found.st_dev, .inode = found.st_ino};
}

std::optional<Identity> of_process(std::string_view process, std::string_view file) {
  return identity_of(fmt::format("/proc/{}/{}", process, file));
}

// Who may not trace process 1, as a service with few rights, can't see ns/net of it; but the files in net are
// others for each namespace too, and everybody sees them.
Result<bool> is_that_of_the_host() {
  for (const auto* file : {"ns/net", "net/dev"}) {
    auto ours = of_process("thread-self", file);
    auto host = of_process("1", file);
    if (ours && host) return *ours == *host;
  }
  // Taken for another one, the host would seem to have no state.
  return fail(
      fmt::format("can't tell which network namespace this is: /proc/1/net/dev: {}", std::strerror(errno)),
      "run pyfw as root, where /proc is mounted and shows process 1");
}

struct CloseListing {
  void operator()(DIR* listing) const { closedir(listing); }
};

std::optional<std::string> part_of_named(const Identity& ours) {
  std::unique_ptr<DIR, CloseListing> listing(opendir(kNamed));
  if (!listing) return std::nullopt;
  std::vector<std::string> names;
  while (const auto* entry = readdir(listing.get()))
    if (is_name_in_state_dir(entry->d_name)) names.emplace_back(entry->d_name);
  std::ranges::sort(names);
  for (const auto& name : names) {
    auto part = "name-" + name;
    if (is_name_in_state_dir(part) && identity_of(fmt::format("{}/{}", kNamed, name)) == ours) return part;
  }
  return std::nullopt;
}

}  // namespace

Result<std::string> part_of_this_namespace() {
  TRY(bool is_host, is_that_of_the_host());
  if (is_host) return kHostPart;
  auto ours = of_process("thread-self", "ns/net");
  if (!ours) return system_error("stat /proc/thread-self/ns/net");
  if (auto part = part_of_named(*ours)) return *part;
  if (auto number = namespace_cookie()) return fmt::format("cookie-{}", *number);
  return fmt::format("inode-{}", ours->inode);
}

}  // namespace pyfw
