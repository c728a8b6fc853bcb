#include "netlink/listeners.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "base/fd.h"
#include "sys/namespace_for_tests.h"

namespace pyfw {
namespace {

using testing::ElementsAre;
using testing::Field;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

void must(int result) {
  if (result != 0) throw std::runtime_error(std::strerror(errno));
}

class ListenersOf : public InOwnNamespace {
 protected:
  void SetUp() override {
    InOwnNamespace::SetUp();
    if (!IsSkipped()) sh("ip link set lo up");
  }

  static Fd bound(int type, const char* address, std::uint16_t port) {
    bool is_v6 = std::string_view(address).find(':') != std::string_view::npos;
    Fd fd(socket(is_v6 ? AF_INET6 : AF_INET, type | SOCK_CLOEXEC, 0));
    sockaddr_in v4{.sin_family = AF_INET, .sin_port = htons(port), .sin_addr = {}, .sin_zero = {}};
    sockaddr_in6 v6{};
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(port);
    inet_pton(is_v6 ? AF_INET6 : AF_INET, address,
              is_v6 ? static_cast<void*>(&v6.sin6_addr) : static_cast<void*>(&v4.sin_addr));
    must(is_v6 ? bind(fd.get(), reinterpret_cast<sockaddr*>(&v6), sizeof(v6))
               : bind(fd.get(), reinterpret_cast<sockaddr*>(&v4), sizeof(v4)));
    if (type == SOCK_STREAM) must(listen(fd.get(), 1));
    return fd;
  }

  static std::vector<Listener> listeners() {
    auto all = expect(read_listeners());
    // Whatever runs the tests.
    for (auto& one : all) one.program.clear();
    return all;
  }
};

Listener tcp(const char* address, std::uint16_t port) {
  return {.protocol = kTcp, .address = *Ip::parse(address), .port = port};
}

TEST_F(ListenersOf, AnEmptyNamespaceHasNone) { EXPECT_THAT(listeners(), IsEmpty()); }

TEST_F(ListenersOf, TcpListensAtItsAddress) {
  auto v4 = bound(SOCK_STREAM, "127.0.0.1", 22);
  auto v6 = bound(SOCK_STREAM, "::1", 22);
  EXPECT_THAT(listeners(), UnorderedElementsAre(tcp("127.0.0.1", 22), tcp("::1", 22)));
}

TEST_F(ListenersOf, ASocketOfIpv6TakesIpv4UnlessItWasToldNotTo) {
  auto both = bound(SOCK_STREAM, "::", 80);
  EXPECT_THAT(listeners(), UnorderedElementsAre(tcp("0.0.0.0", 80), tcp("::", 80)));
  both.close();
  sh("sysctl -qw net.ipv6.bindv6only=1");
  auto one = bound(SOCK_STREAM, "::", 80);
  EXPECT_THAT(listeners(), ElementsAre(tcp("::", 80)));
}

TEST_F(ListenersOf, AnIpv4AddressInIpv6IsOne) {
  auto mapped = bound(SOCK_STREAM, "::ffff:127.0.0.1", 80);
  EXPECT_THAT(listeners(), ElementsAre(tcp("127.0.0.1", 80)));
}

TEST_F(ListenersOf, UdpListensUntilItIsConnected) {
  auto udp = bound(SOCK_DGRAM, "127.0.0.1", 53);
  EXPECT_THAT(listeners(),
              ElementsAre(Listener{.protocol = kUdp, .address = *Ip::parse("127.0.0.1"), .port = 53}));
  sockaddr_in peer{
      .sin_family = AF_INET, .sin_port = htons(9), .sin_addr = {htonl(INADDR_LOOPBACK)}, .sin_zero = {}};
  must(connect(udp.get(), reinterpret_cast<sockaddr*>(&peer), sizeof(peer)));
  EXPECT_THAT(listeners(), IsEmpty());
}

TEST_F(ListenersOf, OneMayBeBoundToAnInterface) {
  Fd fd(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  must(setsockopt(fd.get(), SOL_SOCKET, SO_BINDTODEVICE, "lo", 2));
  sockaddr_in any{.sin_family = AF_INET, .sin_port = htons(80), .sin_addr = {}, .sin_zero = {}};
  must(bind(fd.get(), reinterpret_cast<sockaddr*>(&any), sizeof(any)));
  must(listen(fd.get(), 1));
  EXPECT_THAT(listeners(), ElementsAre(Field(&Listener::interface, "lo")));
}

TEST_F(ListenersOf, ThePortOfSeveralSocketsOfAProgramStandsThereOnce) {
  auto shared = [] {
    Fd fd(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    int on = 1;
    must(setsockopt(fd.get(), SOL_SOCKET, SO_REUSEPORT, &on, sizeof(on)));
    sockaddr_in any{.sin_family = AF_INET, .sin_port = htons(53), .sin_addr = {}, .sin_zero = {}};
    must(bind(fd.get(), reinterpret_cast<sockaddr*>(&any), sizeof(any)));
    return fd;
  };
  auto one = shared();
  auto other = shared();
  EXPECT_EQ(listeners().size(), 1);
}

TEST_F(ListenersOf, TheProgramIsNamed) {
  auto fd = bound(SOCK_STREAM, "127.0.0.1", 22);
  EXPECT_THAT(expect(read_listeners()), ElementsAre(Field(&Listener::program, "netlink_test")));
}

}  // namespace
}  // namespace pyfw
