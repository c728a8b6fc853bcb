#include "faults/asked.h"

#include <fcntl.h>
#include <sys/socket.h>

#include <array>
#include <stdexcept>
#include <string_view>

namespace pyfw::faults {
namespace {

// Of all the runs of a test.
constexpr int kServerTimeoutMs = 600'000;
constexpr std::size_t kLongestMessage = 64'000;

std::string_view word(Answer answer) {
  switch (answer) {
    case Answer::kGo: return "go";
    case Answer::kFail: return "fail";
    case Answer::kDie: return "die";
  }
  return {};
}

}  // namespace

Asked::Asked(lab::Host host) : host_(std::move(host)) {
  std::array<int, 2> ends{};
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) != 0)
    throw std::runtime_error("socketpair");
  ours_ = Fd(ends[0]);
  theirs_ = Fd(ends[1]);
  server_ = std::async(std::launch::async, [this] {
    int socket = theirs_.get();
    // What is left at the end of a child that was forked is no leak, and takes long to look through.
    auto outcome =
        host_.run({PYFW_ASKING_PROGRAM}, {.timeout_ms = kServerTimeoutMs,
                                          .environment = {"PYFW_ASKING=" + std::to_string(socket),
                                                          "ASAN_OPTIONS=detect_leaks=0:quarantine_size_mb=4"},
                                          .in_child = [socket] { return fcntl(socket, F_SETFD, 0) == 0; }});
    // Whoever still listens comes to the end.
    shutdown(socket, SHUT_RDWR);
    return outcome;
  });
}

Asked::~Asked() {
  shutdown(ours_.get(), SHUT_RDWR);
  server_.wait();
}

Result<std::string> Asked::hear() const {
  std::string message(kLongestMessage, ' ');
  auto n = recv(ours_.get(), message.data(), message.size(), 0);
  if (n < 0) return system_error("recv");
  message.resize(static_cast<std::size_t>(n));
  return message;
}

Result<void> Asked::say(const std::string& message) const {
  if (send(ours_.get(), message.data(), message.size(), MSG_NOSIGNAL) < 0) return system_error("send");
  return {};
}

Result<Outcome> Asked::run(const std::string& arguments, const Answering& answering) {
  constexpr std::string_view kEnded = "ended ";
  TRY_VOID(say("pyfw " + arguments));
  while (true) {
    TRY(auto message, hear());
    if (message.empty()) return fail("the pyfw that asks has ended");
    if (!message.starts_with(kEnded)) {
      TRY_VOID(say(std::string(word(answering(message)))));
      continue;
    }
    Outcome outcome{.status = std::stoi(message.substr(kEnded.size())), .out = {}, .err = {}};
    TRY(outcome.out, hear());
    TRY(outcome.err, hear());
    return outcome;
  }
}

}  // namespace pyfw::faults
