#include "lab/probe.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <optional>
#include <thread>

#include "base/fd.h"
#include "lab/sockets.h"

namespace pyfw::lab {
namespace {

using Clock = std::chrono::steady_clock;

// One connection on its way: connecting, then waiting for the answer to its request.
class Attempt {
 public:
  static Result<Attempt> start(const Probe& probe) {
    sockaddr_in to{};
    to.sin_family = AF_INET;
    sockaddr_in6 to6{};
    to6.sin6_family = AF_INET6;
    to.sin_port = to6.sin6_port = htons(probe.port);
    bool is_ipv4 = inet_pton(AF_INET, probe.address.c_str(), &to.sin_addr) == 1;
    if (!is_ipv4 && inet_pton(AF_INET6, probe.address.c_str(), &to6.sin6_addr) != 1)
      return bad_input(fmt::format("'{}' is no address", probe.address));
    TRY(auto fd, socket_in(probe.network, is_ipv4 ? AF_INET : AF_INET6, SOCK_STREAM));
    Attempt attempt(std::move(fd));
    const auto* address = is_ipv4 ? reinterpret_cast<const sockaddr*>(&to)  //
                                  : reinterpret_cast<const sockaddr*>(&to6);
    if (connect(attempt.fd_.get(), address, is_ipv4 ? sizeof to : sizeof to6) != 0 && errno != EINPROGRESS)
      attempt.result_ = Reach::kRefused;
    return attempt;
  }

  [[nodiscard]] const std::optional<Reach>& result() const { return result_; }
  [[nodiscard]] pollfd waits_for() const {
    auto events = static_cast<short>(asked_ ? POLLIN : POLLOUT);
    return {.fd = result_ ? -1 : fd_.get(), .events = events, .revents = 0};
  }
  void proceed() { asked_ ? hear() : ask(); }

 private:
  explicit Attempt(Fd fd) : fd_(std::move(fd)) {}

  void ask() {
    int error = 0;
    socklen_t size = sizeof error;
    getsockopt(fd_.get(), SOL_SOCKET, SO_ERROR, &error, &size);
    constexpr std::string_view kRequest = "GET / HTTP/1.0\r\n\r\n";
    asked_ = error == 0 && send(fd_.get(), kRequest.data(), kRequest.size(), MSG_NOSIGNAL) > 0;
    if (!asked_) result_ = error == ETIMEDOUT ? Reach::kDropped : Reach::kRefused;
  }
  void hear() {
    char byte = 0;
    auto n = recv(fd_.get(), &byte, 1, 0);
    if (n < 0 && (errno == EAGAIN || errno == EINTR)) return;
    result_ = n > 0 ? Reach::kWorks : Reach::kRefused;
  }

  Fd fd_;
  bool asked_ = false;
  std::optional<Reach> result_;
};

// False at the time limit.
bool wait_for_any(std::vector<Attempt>& attempts, Clock::time_point deadline) {
  std::vector<pollfd> waiting;
  bool pending = false;
  for (const auto& attempt : attempts) {
    waiting.push_back(attempt.waits_for());
    pending |= !attempt.result();
  }
  auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now()).count();
  if (!pending || left <= 0) return false;
  if (poll(waiting.data(), waiting.size(), static_cast<int>(left)) < 0) return errno == EINTR;
  for (std::size_t i = 0; i < attempts.size(); ++i)
    if (waiting[i].revents != 0) attempts[i].proceed();
  return true;
}

}  // namespace

std::string_view word(Reach reach) {
  switch (reach) {
    case Reach::kWorks: return "works";
    case Reach::kRefused: return "refused";
    case Reach::kDropped: return "dropped";
  }
  return "?";
}

Result<std::vector<Reach>> probe(std::span<const Probe> probes, int timeout_ms) {
  std::vector<Attempt> attempts;
  for (const auto& one : probes) {
    TRY(auto attempt, Attempt::start(one));
    attempts.push_back(std::move(attempt));
  }
  auto deadline = Clock::now() + std::chrono::milliseconds(timeout_ms);
  while (wait_for_any(attempts, deadline)) continue;
  std::vector<Reach> out;
  for (const auto& attempt : attempts) out.push_back(attempt.result().value_or(Reach::kDropped));
  return out;
}

}  // namespace pyfw::lab
