// The kernel's list of a network namespace's TCP sockets, as /proc/PID/net/tcp and tcp6 show it.

#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "net/ip.h"

namespace pyfw {

struct TcpEnd {
  Ip ip;
  std::uint16_t port = 0;

  auto operator<=>(const TcpEnd&) const = default;
};

// "192.0.2.1:22", "[2001:db8::1]:22".
std::string to_string(const TcpEnd& end);
// From such a text; none for anything else.
std::optional<TcpEnd> parse_tcp_end(std::string_view text);

struct TcpSocket {
  TcpEnd local;
  TcpEnd remote;
  unsigned state = 0;
  std::uint64_t inode = 0;  // as in the link of a descriptor, "socket:[INODE]"; 0: no process has it

  bool operator==(const TcpSocket&) const = default;
};

// Addresses of IPv4 in tcp6 are of IPv4. Lines that are none are left out.
std::vector<TcpSocket> parse_socket_table(std::string_view text, Family family);

bool is_established(const TcpSocket& socket);
// It is established, and another socket of the table listens where it ends: somebody has connected to us.
bool is_accepted(const TcpSocket& socket, std::span<const TcpSocket> table);
// Its other end is in the same table: it never left the host.
bool is_within_host(const TcpSocket& socket, std::span<const TcpSocket> table);

}  // namespace pyfw
