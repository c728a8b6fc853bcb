#include "sys/probe.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <array>
#include <thread>

#include "sys/namespace_for_tests.h"

namespace pyfw {
namespace {

using Kind = Seen::Kind;
using std::chrono::milliseconds;

constexpr milliseconds kShort(300);  // for what never answers
constexpr milliseconds kPatience(30'000);

const Ip kLoopback = *Ip::parse("127.0.0.1");

// Bound to a port that the kernel chooses.
struct Socket {
  explicit Socket(int type) : fd(socket(AF_INET, type | SOCK_CLOEXEC, 0)) {
    sockaddr_in at{};
    at.sin_family = AF_INET;
    inet_pton(AF_INET, "127.0.0.1", &at.sin_addr);
    socklen_t length = sizeof at;
    if (bind(fd.get(), reinterpret_cast<sockaddr*>(&at), length) != 0) throw std::runtime_error("bind");
    getsockname(fd.get(), reinterpret_cast<sockaddr*>(&at), &length);
    port = ntohs(at.sin_port);
  }

  Fd fd;
  std::uint16_t port = 0;
};

class ProbeAll : public InOwnNamespace {
 protected:
  void SetUp() override {
    InOwnNamespace::SetUp();
    if (!IsSkipped()) sh("ip link set lo up");
  }
};

Probe to(std::uint16_t port, std::uint8_t protocol = kTcp) {
  return {.protocol = protocol, .destination = kLoopback, .port = port};
}

TEST_F(ProbeAll, TcpIsConnectedRefusedOrMetWithSilence) {
  Socket taken(SOCK_STREAM);
  ASSERT_EQ(listen(taken.fd.get(), 8), 0);
  std::uint16_t free = 0;
  {
    free = Socket(SOCK_STREAM).port;
  }
  sh("iptables -A INPUT -p tcp --dport 9 -j DROP; iptables -A INPUT -p tcp --dport 7 -j REJECT");
  auto seen = probe_all(std::vector{to(taken.port), to(free), to(7)}, kPatience);
  EXPECT_EQ(seen[0].kind, Kind::kAnswer);
  EXPECT_EQ(seen[1].kind, Kind::kRefusal);
  EXPECT_EQ(seen[2].kind, Kind::kRefusal);
  EXPECT_EQ(probe_all(std::vector{to(9)}, kShort)[0].kind, Kind::kSilence);
}

TEST_F(ProbeAll, UdpIsAnsweredRefusedOrMetWithSilence) {
  Socket quiet(SOCK_DGRAM);
  Socket echo(SOCK_DGRAM);
  std::uint16_t free = 0;
  {
    free = Socket(SOCK_DGRAM).port;
  }
  std::thread answers([&] {
    std::array<char, 16> buffer{};
    sockaddr_in from{};
    socklen_t length = sizeof from;
    auto size =
        recvfrom(echo.fd.get(), buffer.data(), buffer.size(), 0, reinterpret_cast<sockaddr*>(&from), &length);
    if (size >= 0)
      sendto(echo.fd.get(), buffer.data(), static_cast<std::size_t>(size), 0,
             reinterpret_cast<sockaddr*>(&from), length);
  });
  auto seen = probe_all(std::vector{to(echo.port, kUdp), to(free, kUdp)}, kPatience);
  answers.join();
  EXPECT_EQ(seen[0].kind, Kind::kAnswer);
  EXPECT_EQ(seen[1].kind, Kind::kRefusal);
  EXPECT_EQ(probe_all(std::vector{to(quiet.port, kUdp)}, kShort)[0].kind, Kind::kSilence);
  sh("iptables -A OUTPUT -p udp --dport 9 -j DROP");
  EXPECT_EQ(probe_all(std::vector{to(9, kUdp)}, kPatience)[0].kind, Kind::kStopped);
}

TEST_F(ProbeAll, StartsInTheNamespaceOfAnotherProcess) {
  Socket taken(SOCK_STREAM);
  ASSERT_EQ(listen(taken.fd.get(), 8), 0);
  // There nobody listens, and the loopback is up.
  std::array<int, 2> ready{};
  ASSERT_EQ(pipe(ready.data()), 0);
  auto child = fork();
  if (child == 0) {
    bool is_there = unshare(CLONE_NEWNET) == 0 && system("ip link set lo up") == 0;
    (void)!write(ready[1], is_there ? "y" : "n", 1);
    pause();
    _exit(0);
  }
  char is_there = 'n';
  ASSERT_EQ(read(ready[0], &is_there, 1), 1);
  auto elsewhere = to(taken.port);
  elsewhere.pid = child;
  auto seen = probe_all(std::vector{elsewhere, to(taken.port)}, kPatience);
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
  close(ready[0]);
  close(ready[1]);
  ASSERT_EQ(is_there, 'y');
  EXPECT_EQ(seen[0].kind, Kind::kRefusal);
  EXPECT_EQ(seen[1].kind, Kind::kAnswer);
}

TEST_F(ProbeAll, WhatCantBeSentSaysWhy) {
  auto nobodys = to(80);
  nobodys.source = *Ip::parse("203.0.113.7");
  auto gone = to(80);
  gone.pid = 999'999'999;
  auto seen = probe_all(std::vector{nobodys, gone}, kPatience);
  EXPECT_EQ(seen[0].kind, Kind::kNotSent);
  EXPECT_EQ(seen[0].error, "the socket: Cannot assign requested address");
  EXPECT_EQ(seen[1].kind, Kind::kNotSent);
  EXPECT_EQ(seen[1].error, "the network namespace of process 999999999: No such file or directory");
}

TEST_F(ProbeAll, MoreThanAreOpenAtATimeComeOneAfterTheOther) {
  Socket taken(SOCK_STREAM);
  ASSERT_EQ(listen(taken.fd.get(), 4096), 0);
  auto seen = probe_all(std::vector<Probe>(300, to(taken.port)), kPatience);
  ASSERT_EQ(seen.size(), 300U);
  for (const auto& one : seen) EXPECT_EQ(one.kind, Kind::kAnswer);
}

}  // namespace
}  // namespace pyfw
