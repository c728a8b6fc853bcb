#include "sys/probe.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <thread>

#include "base/fd.h"

namespace pyfw {
namespace {

using Clock = std::chrono::steady_clock;

// So many sockets are open at a time.
constexpr std::size_t kAtOnce = 256;

struct Address {
  sockaddr_storage storage{};
  socklen_t length = 0;

  [[nodiscard]] const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
};

Address address_of(const Ip& ip, std::uint16_t port) {
  Address address;
  if (ip.family() == Family::kIpv4) {
    auto* in = reinterpret_cast<sockaddr_in*>(&address.storage);
    in->sin_family = AF_INET;
    in->sin_port = htons(port);
    std::memcpy(&in->sin_addr, ip.bytes().data(), sizeof in->sin_addr);
    address.length = sizeof *in;
  } else {
    auto* in6 = reinterpret_cast<sockaddr_in6*>(&address.storage);
    in6->sin6_family = AF_INET6;
    in6->sin6_port = htons(port);
    std::memcpy(&in6->sin6_addr, ip.bytes().data(), sizeof in6->sin6_addr);
    address.length = sizeof *in6;
  }
  return address;
}

// What an error of the socket says of the packets.
Seen seen_of(int error) {
  switch (error) {
    case 0: return {.kind = Seen::Kind::kAnswer};
    case ECONNREFUSED:
    case ECONNRESET:
    case EHOSTUNREACH:
    case ENETUNREACH:
    case EHOSTDOWN:
    case EACCES:
    case ENOPROTOOPT:
    case EPROTO: return {.kind = Seen::Kind::kRefusal};
    case ETIMEDOUT: return {.kind = Seen::Kind::kSilence};
    case EPERM: return {.kind = Seen::Kind::kStopped};
    default: return {.kind = Seen::Kind::kNotSent, .error = std::strerror(error)};
  }
}

// A probe that is under way.
class Attempt {
 public:
  Attempt(const Probe& probe, Seen& seen) : probe_(probe), seen_(seen) {}

  // In the network namespace of the calling thread.
  void begin() {
    bool is_tcp = probe_.protocol == kTcp;
    socket_ = Fd(socket(probe_.destination.family() == Family::kIpv4 ? AF_INET : AF_INET6,
                        (is_tcp ? SOCK_STREAM : SOCK_DGRAM) | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (!socket_.valid() || !bind_it()) return end_with(errno, "the socket");
    auto to = address_of(probe_.destination, probe_.port);
    if (connect(socket_.get(), to.get(), to.length) != 0 && errno != EINPROGRESS) return end(seen_of(errno));
    if (is_tcp) return;
    constexpr std::array<char, 1> kByte = {0};
    if (send(socket_.get(), kByte.data(), kByte.size(), MSG_NOSIGNAL) < 0) end(seen_of(errno));
  }

  [[nodiscard]] bool is_waiting() const { return socket_.valid(); }
  [[nodiscard]] pollfd waits_for() const {
    return {.fd = socket_.get(),
            .events = static_cast<short>(probe_.protocol == kTcp ? POLLOUT : POLLIN),
            .revents = 0};
  }

  void look(short events) {
    if (events == 0) return;
    int error = 0;
    socklen_t size = sizeof error;
    getsockopt(socket_.get(), SOL_SOCKET, SO_ERROR, &error, &size);
    end(seen_of(error));
  }

  void give_up() { socket_.close(); }

 private:
  bool bind_it() const {
    const auto& device = probe_.bound_to;
    if (!device.empty() && setsockopt(socket_.get(), SOL_SOCKET, SO_BINDTODEVICE, device.c_str(),
                                      static_cast<socklen_t>(device.size() + 1)) != 0)
      return false;
    if (!probe_.source) return true;
    auto from = address_of(*probe_.source, 0);
    return bind(socket_.get(), from.get(), from.length) == 0;
  }

  void end(Seen seen) {
    seen_ = std::move(seen);
    socket_.close();
  }
  void end_with(int error, std::string_view what) {
    end({.kind = Seen::Kind::kNotSent, .error = fmt::format("{}: {}", what, std::strerror(error))});
  }

  const Probe& probe_;
  Seen& seen_;
  Fd socket_;
};

// A socket belongs for good to the network namespace of the thread that made it.
void begin_in(std::int64_t pid, std::span<Attempt* const> attempts, std::span<Seen* const> seen) {
  std::thread([&] {
    Fd there;
    if (pid != 0) {
      there = Fd(open(fmt::format("/proc/{}/ns/net", pid).c_str(), O_RDONLY | O_CLOEXEC));
      if (!there.valid() || setns(there.get(), CLONE_NEWNET) != 0) {
        auto why = fmt::format("the network namespace of process {}: {}", pid, std::strerror(errno));
        for (auto* one : seen) *one = {.kind = Seen::Kind::kNotSent, .error = why};
        return;
      }
    }
    for (auto* attempt : attempts) attempt->begin();
  }).join();
}

void begin_all(std::span<const Probe> probes, std::vector<Attempt>& attempts, std::span<Seen> seen) {
  std::vector<std::int64_t> pids;
  for (const auto& probe : probes) pids.push_back(probe.pid);
  std::ranges::sort(pids);
  pids.erase(std::ranges::unique(pids).begin(), pids.end());
  for (auto pid : pids) {
    std::vector<Attempt*> there;
    std::vector<Seen*> their;
    for (std::size_t i = 0; i < probes.size(); ++i) {
      if (probes[i].pid != pid) continue;
      there.push_back(&attempts[i]);
      their.push_back(&seen[i]);
    }
    begin_in(pid, there, their);
  }
}

void wait_for(std::vector<Attempt>& attempts, Clock::time_point deadline) {
  while (true) {
    std::vector<pollfd> polled;
    std::vector<Attempt*> waiting;
    for (auto& attempt : attempts) {
      if (!attempt.is_waiting()) continue;
      polled.push_back(attempt.waits_for());
      waiting.push_back(&attempt);
    }
    auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now()).count();
    if (waiting.empty() || left <= 0) break;
    if (poll(polled.data(), polled.size(), static_cast<int>(left)) < 0 && errno != EINTR) break;
    for (std::size_t i = 0; i < polled.size(); ++i) waiting[i]->look(polled[i].revents);
  }
  for (auto& attempt : attempts) attempt.give_up();
}

void probe_some(std::span<const Probe> probes, std::span<Seen> seen, std::chrono::milliseconds limit) {
  std::vector<Attempt> attempts;
  attempts.reserve(probes.size());
  for (std::size_t i = 0; i < probes.size(); ++i) attempts.emplace_back(probes[i], seen[i]);
  begin_all(probes, attempts, seen);
  wait_for(attempts, Clock::now() + limit);
}

}  // namespace

std::vector<Seen> probe_all(std::span<const Probe> probes, std::chrono::milliseconds limit) {
  std::vector<Seen> seen(probes.size());
  for (std::size_t i = 0; i < probes.size(); i += kAtOnce) {
    auto some = std::min(kAtOnce, probes.size() - i);
    probe_some(probes.subspan(i, some), std::span(seen).subspan(i, some), limit);
  }
  return seen;
}

}  // namespace pyfw
