#include "servers.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "sys/process.h"

namespace pyfw::proofs {
namespace {

struct Address {
  sockaddr_storage storage{};
  socklen_t size = 0;
  sockaddr* get() { return reinterpret_cast<sockaddr*>(&storage); }
};

Address address_of(const Ip& ip, std::uint16_t port) {
  Address out;
  if (ip.family() == Family::kIpv4) {
    auto& to = reinterpret_cast<sockaddr_in&>(out.storage);
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    std::copy_n(ip.bytes().begin(), 4, reinterpret_cast<std::uint8_t*>(&to.sin_addr));
    out.size = sizeof to;
    return out;
  }
  auto& to = reinterpret_cast<sockaddr_in6&>(out.storage);
  to.sin6_family = AF_INET6;
  to.sin6_port = htons(port);
  std::ranges::copy(ip.bytes(), reinterpret_cast<std::uint8_t*>(&to.sin6_addr));
  out.size = sizeof to;
  return out;
}

Result<Fd> bound_socket(int kind, const Ip& ip, std::uint16_t port) {
  auto address = address_of(ip, port);
  Fd socket(::socket(address.storage.ss_family, kind | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!socket.valid() || bind(socket.get(), address.get(), address.size) != 0)
    return system_error("a server at " + ip.to_string());
  return socket;
}

}  // namespace

Result<Servers> Servers::open(const std::vector<Ip>& own) {
  constexpr int kMostWaiting = 4096;
  Servers out;
  for (auto port : {22, 80}) {
    // It takes IPv4 too.
    TRY(auto socket, bound_socket(SOCK_STREAM, *Ip::parse("::"), static_cast<std::uint16_t>(port)));
    if (listen(socket.get(), kMostWaiting) != 0) return system_error("listen");
    out.listening_.push_back(std::move(socket));
  }
  for (const auto& ip : own) {
    TRY(auto socket, bound_socket(SOCK_DGRAM, ip, 53));
    out.datagrams_.push_back(std::move(socket));
  }
  return out;
}

Result<void> Servers::answer() const {
  std::array<char, 2048> bytes{};
  for (const auto& socket : datagrams_) {
    while (true) {
      Address from{.size = sizeof(sockaddr_storage)};
      auto size = recvfrom(socket.get(), bytes.data(), bytes.size(), 0, from.get(), &from.size);
      if (size < 0 && errno == EAGAIN) break;
      if (size < 0) return system_error("receive a datagram");
      // That the rules let no answer out, or that there is no way, is for the asker to find.
      sendto(socket.get(), bytes.data(), static_cast<std::size_t>(size), 0, from.get(), from.size);
    }
  }
  return {};
}

}  // namespace pyfw::proofs
