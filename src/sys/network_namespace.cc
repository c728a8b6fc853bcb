#include "sys/network_namespace.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sched.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>

#include "base/fd.h"
#include "base/strings.h"
#include "sys/process.h"

namespace pyfw {
namespace {

constexpr std::string_view kPid = "pid:";
constexpr std::string_view kContainer = "container:";

Result<std::string> path_of_process(std::string_view pid) {
  if (!parse_number(pid)) return bad_input(fmt::format("'{}' is not the number of a process", pid));
  return fmt::format("/proc/{}/ns/net", pid);
}

Result<std::string> path_of_container(const std::string& name) {
  if (name.empty() || name.starts_with('-')) return bad_input("the name of a container is missing");
  TRY(auto docker, find_program("docker"));
  TRY(auto asked, run({docker, "inspect", "--type", "container", "--format", "{{.State.Pid}}", name}));
  auto pid = trim(asked.out);
  if (asked.status != 0)
    return bad_input(fmt::format("no container '{}': {}", name, escape_control(trim(asked.err))));
  if (pid == "0") return bad_input(fmt::format("container '{}' is not running", name));
  return path_of_process(pid);
}

Result<std::string> path_of(const std::string& where) {
  if (where.starts_with(kPid)) return path_of_process(std::string_view(where).substr(kPid.size()));
  if (where.starts_with(kContainer)) return path_of_container(where.substr(kContainer.size()));
  if (where.find('/') != std::string::npos) return where;
  return "/run/netns/" + where;
}

}  // namespace

Result<void> enter_network_namespace(const std::string& where) {
  TRY(auto path, path_of(where));
  Fd fd(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!fd.valid())
    return bad_input(fmt::format("no network namespace '{}': {}: {}", where, path, std::strerror(errno)),
                     "`ip netns list` shows those with names");
  if (setns(fd.get(), CLONE_NEWNET) != 0)
    return fail(fmt::format("can't enter the network namespace '{}': {}", where, std::strerror(errno)));
  return {};
}

std::optional<bool> is_this_network_namespace(const std::string& path) {
  struct stat that{};
  struct stat ours{};
  if (stat(path.c_str(), &that) != 0 || stat("/proc/thread-self/ns/net", &ours) != 0) return {};
  return that.st_dev == ours.st_dev && that.st_ino == ours.st_ino;
}

}  // namespace pyfw
