// Over what connection a command comes, and since when that is open: what was open before the firewall
// changed proves nothing about whether its owner can still get in.
//
//   TRY(auto connection, connection_of_caller());
//   if (!connection) ...                                     // a console
//   if (!connection->opened_at) ...                          // can't be told: refuse
//   if (connection->opened_at <= armed_at) ...               // the old one: refuse

#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "sys/socket_table.h"

namespace pyfw {

struct CallerConnection {
  std::string from;  // "203.0.113.7:50412"
  std::string to;
  // Milliseconds of CLOCK_BOOTTIME, never later than it was. None for what is only a name in SSH_CONNECTION
  // and no open connection any more, as in a tmux that was begun over another one.
  std::optional<std::int64_t> opened_at{};
  pid_t process = 0;      // the one that has served it from its beginning; 0 if there is none
  std::string program{};  // its name
  bool is_within_host =
      false;  // both ends are on this host, so packets from outside are not proven to come in

  bool operator==(const CallerConnection&) const = default;
};

// What sshd tells its children in SSH_CONNECTION: "CLIENT PORT SERVER PORT".
struct SshConnection {
  TcpEnd client;
  TcpEnd server;

  bool operator==(const SshConnection&) const = default;
};
std::optional<SshConnection> parse_ssh_connection(std::string_view text);

// The accepted TCP connection that this process or the nearest of its ancestors holds; where none does, the
// one that the nearest SSH_CONNECTION in their environments names; else none: a console. It is taken to be as
// old as the oldest process that serves it, since a server like sshd starts one for each connection. Fails
// where it may not look at an ancestor.
Result<std::optional<CallerConnection>> connection_of_caller(const std::string& proc = "/proc");

}  // namespace pyfw
