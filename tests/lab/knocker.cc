#include "lab/knocker.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <sys/socket.h>

#include <atomic>
#include <chrono>
#include <deque>
#include <future>
#include <thread>

#include "base/fd.h"

namespace pyfw::lab {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr auto kEvery = 3ms;
// A connection that is not there by then never will be: its first packet was dropped.
constexpr auto kPatience = 500ms;
constexpr auto kLongest = 60s;

struct Attempt {
  Fd socket;
  Clock::time_point begun;
  Clock::duration since_last;
};

enum class Stage { kConnecting, kOpen, kRefused };

Stage stage_of(const Fd& socket) {
  pollfd asked{.fd = socket.get(), .events = POLLOUT, .revents = 0};
  if (poll(&asked, 1, 0) != 1) return Stage::kConnecting;
  int error = 0;
  socklen_t size = sizeof error;
  bool is_open = getsockopt(socket.get(), SOL_SOCKET, SO_ERROR, &error, &size) == 0 && error == 0 &&
                 (asked.revents & (POLLERR | POLLHUP)) == 0;
  return is_open ? Stage::kOpen : Stage::kRefused;
}

}  // namespace

struct Knocker::Work {
  int network = -1;
  sockaddr_storage to{};
  socklen_t size = 0;
  std::atomic<bool> shall_end = false;
  std::atomic<bool> got_in = false;
  std::promise<bool> is_inside{};  // its network
  Knocks knocks{};
  std::thread thread{};

  void run() {
    bool entered = setns(network, CLONE_NEWNET) == 0;
    is_inside.set_value(entered);
    if (!entered) return;
    std::deque<Attempt> attempts;
    auto last = Clock::now();
    while (!shall_end) {
      auto begun = Clock::now();
      attempts.push_back({.socket = Fd(socket(to.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)),
                          .begun = begun,
                          .since_last = begun - last});
      last = begun;
      (void)connect(attempts.back().socket.get(), reinterpret_cast<const sockaddr*>(&to), size);
      ++knocks.tried;
      std::erase_if(attempts, [&](const Attempt& attempt) { return is_over(attempt); });
      std::this_thread::sleep_for(kEvery);
    }
    std::erase_if(attempts, [&](const Attempt& attempt) { return is_over(attempt); });
  }

  bool is_over(const Attempt& attempt) {
    auto stage = stage_of(attempt.socket);
    if (stage == Stage::kOpen) {
      ++knocks.opened;
      got_in = true;
      knocks.open_ms += std::chrono::duration<double, std::milli>(attempt.since_last).count();
    }
    return stage != Stage::kConnecting || Clock::now() - attempt.begun > kPatience;
  }
};

Result<Knocker> Knocker::start(int network, const std::string& address, std::uint16_t port) {
  auto work = std::make_unique<Work>();
  work->network = network;
  auto* to = reinterpret_cast<sockaddr_in*>(&work->to);
  auto* to6 = reinterpret_cast<sockaddr_in6*>(&work->to);
  if (inet_pton(AF_INET, address.c_str(), &to->sin_addr) == 1) {
    to->sin_family = AF_INET;
    to->sin_port = htons(port);
    work->size = sizeof *to;
  } else if (inet_pton(AF_INET6, address.c_str(), &to6->sin6_addr) == 1) {
    to6->sin6_family = AF_INET6;
    to6->sin6_port = htons(port);
    work->size = sizeof *to6;
  } else {
    return bad_input(fmt::format("'{}' is no address", address));
  }
  auto is_inside = work->is_inside.get_future();
  Knocker knocker(std::move(work));
  if (!is_inside.get()) return fail("can't enter the network of who shall knock");
  return knocker;
}

Knocker::Knocker(std::unique_ptr<Work> work) : work_(std::move(work)) {
  work_->thread = std::thread([at = work_.get()] { at->run(); });
}
Knocker::Knocker(Knocker&&) noexcept = default;
Knocker::~Knocker() {
  if (work_) stop();
}

bool Knocker::wait_until_it_gets_in() const {
  for (auto begun = Clock::now(); !work_->got_in && Clock::now() - begun < kLongest;)
    std::this_thread::sleep_for(kEvery);
  return work_->got_in;
}

Knocker::Knocks Knocker::stop() {
  work_->shall_end = true;
  if (work_->thread.joinable()) work_->thread.join();
  return work_->knocks;
}

}  // namespace pyfw::lab
