#include "app/own_connection.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include "app/print.h"
#include "sys/connection.h"

namespace pyfw {
namespace {

bool is_in_our_namespace(pid_t process) {
  struct stat its{};
  struct stat ours{};
  return stat(fmt::format("/proc/{}/ns/net", process).c_str(), &its) == 0 &&
         stat("/proc/thread-self/ns/net", &ours) == 0 && its.st_dev == ours.st_dev &&
         its.st_ino == ours.st_ino;
}

}  // namespace

std::optional<CtTuple> own_connection() {
  auto connection = connection_of_caller();
  if (!connection) {
    print_note(fmt::format("can't tell over what connection this comes: {}", connection.error().message));
    return {};
  }
  if (!*connection) return {};
  const auto& found = **connection;
  if (found.process != 0 && !is_in_our_namespace(found.process)) return {};
  auto client = parse_tcp_end(found.from);
  auto server = parse_tcp_end(found.to);
  if (!client || !server) return {};
  return CtTuple{.source = client->ip,
                 .destination = server->ip,
                 .protocol = kTcp,
                 .source_port = client->port,
                 .destination_port = server->port};
}

}  // namespace pyfw
