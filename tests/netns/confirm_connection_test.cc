// Over which connection a confirm may come: a server like sshd on the host, and its client on another one.

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <future>

#include "confirm.h"
#include "lab/network.h"

namespace pyfw::netns {
namespace {

using testing::HasSubstr;

constexpr const char* kAddress = "192.168.122.190";
constexpr int kOldPort = 22;    // that the wishes of before let in,
constexpr int kNewPort = 8022;  // and those of after
constexpr int kPatience = 60'000;

// A socket belongs for good to the network namespace of the thread that made it.
Fd socket_on(const lab::Host& client) {
  return std::async(std::launch::async,
                    [&] {
                      return setns(client.network(), CLONE_NEWNET) == 0
                                 ? Fd(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0))
                                 : Fd();
                    })
      .get();
}

bool wait_for(const Fd& fd, short events, int timeout_ms) {
  pollfd waiting{.fd = fd.get(), .events = events, .revents = 0};
  return poll(&waiting, 1, timeout_ms) == 1;
}

class OverConnection : public ConfirmTest {
 protected:
  void SetUp() override {
    ConfirmTest::SetUp();
    if (IsSkipped()) return;
    network_.emplace(lab::Network::make(lab(), "192.168.122.1/24").value());
    client_.emplace(lab().add_host("client").value());
    ASSERT_TRUE(network_->attach(host(), std::string(kAddress) + "/24"));
    ASSERT_TRUE(network_->attach(*client_, "192.168.122.193/24"));
    for (int port : {kOldPort, kNewPort}) {
      auto server = host().start({PYFW_SERVE_PROGRAM, std::to_string(port)});
      ASSERT_TRUE(server) << server.error().message;
      wait_until([&] { return server->said() == "listening\n"; });
      servers_.push_back(std::move(*server));
    }
    // Those who are connected stay so, as on most hosts.
    sh("iptables -I INPUT -m conntrack --ctstate ESTABLISHED -j ACCEPT");
  }

  // None where nobody answers.
  [[nodiscard]] Fd connect(int port, int timeout_ms = kPatience) const {
    auto fd = socket_on(*client_);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(static_cast<in_port_t>(port));
    inet_pton(AF_INET, kAddress, &to.sin_addr);
    if (::connect(fd.get(), reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0 && errno != EINPROGRESS)
      return Fd();
    if (!wait_for(fd, POLLOUT, timeout_ms)) return Fd();
    // The server has a process for it as soon as it answers.
    if (timeout_ms == kPatience) ask(fd, "true");
    return fd;
  }
  static std::string ask(const Fd& connection, const std::string& line) {
    auto text = line + '\n';
    EXPECT_EQ(send(connection.get(), text.data(), text.size(), MSG_NOSIGNAL),
              static_cast<ssize_t>(text.size()));
    std::string answer;
    while (answer.find("status=") == std::string::npos && wait_for(connection, POLLIN, kPatience)) {
      std::array<char, 4096> buffer{};
      auto size = recv(connection.get(), buffer.data(), buffer.size(), 0);
      if (size <= 0) break;
      answer.append(buffer.data(), static_cast<std::size_t>(size));
    }
    return answer;
  }
  static std::string confirm(const Fd& connection, const std::string& before = {},
                             const std::string& after = {}) {
    return ask(connection, fmt::format("{}{} confirm{}", before, PYFW_PROGRAM, after));
  }

 private:
  std::optional<lab::Network> network_;
  std::optional<lab::Host> client_;
  std::vector<lab::Started> servers_;
};
// What a connection is does not depend on the backend.
INSTANTIATE_TEST_SUITE_P(On, OverConnection, testing::Values(lab::Backend::kNft), backend_name);

TEST_P(OverConnection, OneFromBeforeTheChangeProvesNothing) {
  auto old = connect(kOldPort);
  apply_within(kForever);
  for (const char* before : {"", "env -i ", "setsid -w env -i ", "env -i sh -c 'exec \"$0\" \"$@\"' "}) {
    auto answer = confirm(old, before);
    EXPECT_THAT(answer, HasSubstr("is older than the change")) << before;
    EXPECT_THAT(answer, HasSubstr("open a new connection and confirm there"));
    EXPECT_THAT(answer, HasSubstr("status=1"));
  }
  EXPECT_TRUE(pending());
  EXPECT_THAT(confirm(old, "env -i ", " --force"), HasSubstr("status=0"));
  expect_kept();
}

TEST_P(OverConnection, OneFromAfterTheChangeConfirmsIt) {
  auto old = connect(kOldPort);
  apply_within(kForever);
  auto fresh = connect(kNewPort);
  EXPECT_THAT(confirm(old), HasSubstr("status=1"));
  auto answer = confirm(fresh, "env -i ");
  EXPECT_THAT(answer, HasSubstr("Confirmed: the change stays."));
  EXPECT_THAT(answer, HasSubstr("status=0"));
  expect_kept();
}

TEST_P(OverConnection, OneFromTheMidstOfTheChangeProvesNothing) {
  sh("mkdir /run/gates; touch /run/gates/before-1");
  auto apply = host().start({PYFW_GATED_PROGRAM, "apply", "--confirm-within", kForever}).value();
  wait_for_gate("before-1");
  auto midway = connect(kOldPort);
  sh("rm /run/gates/before-1");
  wait_until([&] { return !apply.running(); });
  ASSERT_TRUE(pending()) << apply.said();
  EXPECT_THAT(confirm(midway), HasSubstr("is older than the change"));
  EXPECT_THAT(confirm(connect(kNewPort)), HasSubstr("status=0"));
}

TEST_P(OverConnection, WhoIsLockedOutGetsInAgain) {
  auto old = connect(kOldPort);
  apply_within(kShort);
  // The new wishes forgot this port: nobody gets in by it any more, and what is open can't confirm.
  EXPECT_FALSE(connect(kOldPort, 1'000).valid() && pending());
  EXPECT_THAT(confirm(old), HasSubstr("status=1"));
  wait_until([this] { return !pending(); });
  EXPECT_TRUE(connect(kOldPort).valid());
}

TEST_P(OverConnection, OneOfTheHostToItselfProvesNothing) {
  apply_within(kForever);
  auto inside =
      host().output({"/bin/bash", "-c",
                     fmt::format("exec 3<>/dev/tcp/127.0.0.1/{}; echo {} confirm >&3; while read -u 3 line; "
                                 "do echo $line; case $line in status=*) exit;; esac; done",
                                 kNewPort, PYFW_PROGRAM)});
  ASSERT_TRUE(inside) << inside.error().message;
  EXPECT_THAT(*inside, HasSubstr("comes from this host itself"));
  EXPECT_THAT(*inside, HasSubstr("status=1"));
  EXPECT_TRUE(pending());
}

}  // namespace
}  // namespace pyfw::netns
