#include "recipes/open_connection.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <cerrno>

#include "lab/sockets.h"

namespace pyfw::recipes {
namespace {

constexpr int kPatience = 10'000;

bool wait_for(const Fd& fd, short events) {
  pollfd waiting{.fd = fd.get(), .events = events, .revents = 0};
  return poll(&waiting, 1, kPatience) == 1 && (waiting.revents & (POLLERR | POLLHUP)) == 0;
}

}  // namespace

Result<OpenConnection> OpenConnection::to(int network, const std::string& address, std::uint16_t port) {
  TRY(auto socket, lab::socket_in(network, AF_INET, SOCK_STREAM));
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(port);
  inet_pton(AF_INET, address.c_str(), &to.sin_addr);
  bool begun =
      connect(socket.get(), reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0 || errno == EINPROGRESS;
  if (!begun || !wait_for(socket, POLLOUT)) return fail(fmt::format("no connection to {}:{}", address, port));
  return OpenConnection(std::move(socket));
}

bool OpenConnection::is_answered() const {
  constexpr std::string_view kRequest = "GET / HTTP/1.0\r\n\r\n";
  if (send(socket_.get(), kRequest.data(), kRequest.size(), MSG_NOSIGNAL) < 0) return false;
  pollfd waiting{.fd = socket_.get(), .events = POLLIN, .revents = 0};
  char byte = 0;
  return poll(&waiting, 1, kPatience) == 1 && recv(socket_.get(), &byte, 1, 0) == 1;
}

}  // namespace pyfw::recipes
