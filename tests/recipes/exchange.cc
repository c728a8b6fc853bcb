#include "recipes/exchange.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include "lab/sockets.h"
#include "sys/process.h"

namespace pyfw::recipes {
namespace {

sockaddr_in address_of(const std::string& address, std::uint16_t port) {
  sockaddr_in out{};
  out.sin_family = AF_INET;
  out.sin_port = htons(port);
  inet_pton(AF_INET, address.c_str(), &out.sin_addr);
  return out;
}

Result<Fd> bound_in(int network, std::uint16_t port) {
  TRY(auto fd, lab::socket_in(network, AF_INET, SOCK_DGRAM));
  auto here = address_of("0.0.0.0", port);
  if (bind(fd.get(), reinterpret_cast<const sockaddr*>(&here), sizeof here) != 0) return system_error("bind");
  return fd;
}

bool send_byte(const Fd& fd, const sockaddr_in& to) {
  return sendto(fd.get(), "?", 1, 0, reinterpret_cast<const sockaddr*>(&to), sizeof to) == 1;
}

// Whom it came from.
std::optional<sockaddr_in> receive(const Fd& fd, int timeout_ms) {
  pollfd waiting{.fd = fd.get(), .events = POLLIN, .revents = 0};
  if (poll(&waiting, 1, timeout_ms) != 1) return std::nullopt;
  sockaddr_in from{};
  socklen_t size = sizeof from;
  char byte = 0;
  if (recvfrom(fd.get(), &byte, 1, 0, reinterpret_cast<sockaddr*>(&from), &size) != 1) return std::nullopt;
  return from;
}

}  // namespace

std::string_view word(Exchange exchange) {
  switch (exchange) {
    case Exchange::kAnswered: return "answered";
    case Exchange::kUnanswered: return "unanswered";
    case Exchange::kLost: return "lost";
  }
  return "?";
}

Result<Exchange> exchange(const Asking& asking, const Answering& answering, int timeout_ms) {
  TRY(auto server, bound_in(answering.network, answering.port));
  TRY(auto client, bound_in(asking.network, asking.port));
  if (!send_byte(client, address_of(answering.address, answering.port))) return system_error("sendto");
  auto asker = receive(server, timeout_ms);
  if (!asker) return Exchange::kLost;
  if (!send_byte(server, *asker)) return system_error("sendto");
  return receive(client, timeout_ms) ? Exchange::kAnswered : Exchange::kUnanswered;
}

}  // namespace pyfw::recipes
