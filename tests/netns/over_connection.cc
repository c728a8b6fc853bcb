#include "over_connection.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>

#include "lab/sockets.h"

namespace pyfw::netns {
namespace {

constexpr const char* kAddress = "192.168.122.190";

bool wait_for(const Fd& fd, short events, int timeout_ms) {
  pollfd waiting{.fd = fd.get(), .events = events, .revents = 0};
  return poll(&waiting, 1, timeout_ms) == 1;
}

}  // namespace

void OverConnection::SetUp() {
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

Fd OverConnection::connect(int port, int timeout_ms) const {
  auto fd = lab::socket_in(client_->network(), AF_INET, SOCK_STREAM).value();
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

std::string OverConnection::ask(const Fd& connection, const std::string& line) {
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

std::string OverConnection::confirm(const Fd& connection, const std::string& before,
                                    const std::string& after) {
  return ask(connection, fmt::format("{}{} confirm{}", before, PYFW_PROGRAM, after));
}

}  // namespace pyfw::netns
