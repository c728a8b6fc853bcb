// A server like sshd, with a process for each connection, in a network namespace of its own.

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdio>

#include "base/fd.h"
#include "base/strings.h"
#include "sys/boot_time.h"
#include "sys/connection.h"

namespace pyfw {
namespace {

struct Pipe {
  Fd read;
  Fd write;
};

Pipe make_pipe() {
  std::array<int, 2> ends{};
  return pipe(ends.data()) == 0 ? Pipe{.read = Fd(ends[0]), .write = Fd(ends[1])} : Pipe{};
}

void say(const Fd& fd, const std::string& line) {
  auto text = line + '\n';
  if (write(fd.get(), text.data(), text.size()) < 0) _exit(1);
}

std::string hear(const Fd& fd) {
  std::string line;
  for (char byte = 0; read(fd.get(), &byte, 1) == 1 && byte != '\n';) line += byte;
  return line;
}

bool loopback_up() {
  Fd any(socket(AF_INET, SOCK_DGRAM, 0));
  ifreq request{};
  std::snprintf(request.ifr_name, sizeof request.ifr_name, "lo");
  request.ifr_flags = IFF_UP;
  return ioctl(any.get(), SIOCSIFFLAGS, &request) == 0;
}

std::string as_line(const Result<std::optional<CallerConnection>>& found) {
  if (!found) return "error: " + found.error().message;
  if (!*found) return "console";
  return fmt::format("{} {} {} {} {}", (*found)->from, (*found)->to, (*found)->opened_at.value_or(-1),
                     (*found)->process, (*found)->is_within_host ? "within" : "from outside");
}

// Serves one connection: answers to each byte by a process that does not hold the connection itself.
[[noreturn]] void serve(const Fd& connection, const Fd& answers) {
  for (char byte = 0; read(connection.get(), &byte, 1) == 1;) {
    pid_t command = fork();
    if (command == 0) {
      close(connection.get());
      say(answers, as_line(connection_of_caller()));
      _exit(0);
    }
    waitpid(command, nullptr, 0);
  }
  _exit(0);
}

[[noreturn]] void listen_forever(const Fd& listener, const Fd& answers) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  while (true) {
    Fd connection(accept(listener.get(), nullptr, nullptr));
    pid_t server = fork();
    if (server == 0) {
      close(listener.get());
      serve(connection, answers);
    }
    connection.close();
    say(answers, fmt::format("{}", server));
  }
}

sockaddr_in6 address_of(const Fd& fd) {
  sockaddr_in6 address{};
  socklen_t size = sizeof address;
  getsockname(fd.get(), reinterpret_cast<sockaddr*>(&address), &size);
  return address;
}

Fd connect_to(const char* ip, in_port_t port) {
  sockaddr_in6 address{};
  address.sin6_family = AF_INET6;
  address.sin6_port = port;
  auto bytes = Ip::parse(ip)->bytes();
  std::copy(bytes.begin(), bytes.end(), address.sin6_addr.s6_addr);
  Fd fd(socket(AF_INET6, SOCK_STREAM, 0));
  if (connect(fd.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) _exit(1);
  return fd;
}

std::string ask(const Fd& connection, const Fd& answers) {
  if (write(connection.get(), "?", 1) != 1) _exit(1);
  return hear(answers);
}

// Connects, waits for a moment, connects again, and then asks over both.
[[noreturn]] void play(const Fd& report) {
  constexpr int kAFewTicks = 50'000;
  alarm(60);
  if (unshare(CLONE_NEWNET) != 0 || !loopback_up()) {
    say(report, "no namespace");
    _exit(0);
  }
  auto answers = make_pipe();
  Fd listener(socket(AF_INET6, SOCK_STREAM, 0));
  if (listen(listener.get(), 5) != 0) _exit(1);
  auto port = address_of(listener).sin6_port;
  pid_t server = fork();
  if (server == 0) listen_forever(listener, answers.write);
  listener.close();
  auto before = connect_to("::ffff:127.0.0.1", port);
  auto serves_before = hear(answers.read);
  usleep(kAFewTicks);
  auto moment = boot_time_now();
  usleep(kAFewTicks);
  auto after = connect_to("::1", port);
  auto serves_after = hear(answers.read);
  say(report, fmt::format("{}", moment));
  for (const auto* connection : {&before, &after}) {
    say(report, fmt::format("{} {}", ntohs(address_of(*connection).sin6_port), ntohs(port)));
    say(report, connection == &before ? serves_before : serves_after);
    say(report, ask(*connection, answers.read));
  }
  kill(server, SIGKILL);
  waitpid(server, nullptr, 0);
  _exit(0);
}

struct Heard {
  std::string from_port;
  std::string to_port;
  std::string server;
  std::vector<std::string> answer;
};

Heard hear_answer(const Fd& fd) {
  Heard heard;
  auto ports = hear(fd);
  heard.from_port = ports.substr(0, ports.find(' '));
  heard.to_port = ports.substr(ports.find(' ') + 1);
  heard.server = hear(fd);
  auto line = hear(fd);
  for (auto word : split(line, ' ')) heard.answer.emplace_back(word);
  return heard;
}

TEST(LiveConnection, OneFromBeforeAMomentIsToldFromOneFromAfterIt) {
  auto report = make_pipe();
  pid_t player = fork();
  if (player == 0) play(report.write);
  report.write.close();
  auto moment = hear(report.read);
  if (moment == "no namespace") {
    waitpid(player, nullptr, 0);
    GTEST_SKIP() << "needs root";
  }
  auto before = hear_answer(report.read);
  auto after = hear_answer(report.read);
  waitpid(player, nullptr, 0);
  ASSERT_EQ(before.answer.size(), 5U) << before.answer[0];
  ASSERT_EQ(after.answer.size(), 5U) << after.answer[0];
  EXPECT_EQ(before.answer[0], "127.0.0.1:" + before.from_port);
  EXPECT_EQ(before.answer[1], "127.0.0.1:" + before.to_port);
  EXPECT_EQ(after.answer[0], "[::1]:" + after.from_port);
  EXPECT_EQ(after.answer[1], "[::1]:" + after.to_port);
  EXPECT_EQ(before.answer[3], before.server);
  EXPECT_EQ(after.answer[3], after.server);
  EXPECT_EQ(before.answer[4], "within");
  EXPECT_LT(std::stoll(before.answer[2]), std::stoll(moment));
  EXPECT_GT(std::stoll(after.answer[2]), std::stoll(moment));
}

}  // namespace
}  // namespace pyfw
