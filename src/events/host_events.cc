#include "events/host_events.h"

#include <linux/netfilter/nfnetlink.h>
#include <linux/rtnetlink.h>
#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "sys/boot_clock.h"
#include "sys/process.h"

namespace pyfw {
namespace {

Result<Fd> take_signals_over() {
  sigset_t signals;
  sigemptyset(&signals);
  for (int one : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&signals, one);
  if (sigprocmask(SIG_BLOCK, &signals, nullptr) != 0) return system_error("sigprocmask");
  Fd fd(signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK));
  if (!fd.valid()) return system_error("signalfd");
  return fd;
}

}  // namespace

Result<std::unique_ptr<LinuxHostEvents>> LinuxHostEvents::open(const ListenTo& what) {
  TRY(auto signals, take_signals_over());
  TRY(auto links, NetlinkEvents::open(NETLINK_ROUTE, {RTNLGRP_LINK, RTNLGRP_IPV4_IFADDR, RTNLGRP_IPV6_IFADDR,
                                                      RTNLGRP_IPV4_ROUTE, RTNLGRP_IPV6_ROUTE}));
  TRY(auto memory, FileEvents::open());
  memory.listen_to(what.memory);
  TRY(auto wishes, FileEvents::open());
  std::unique_ptr<LinuxHostEvents> events(
      new LinuxHostEvents(std::move(links), std::move(memory), std::move(wishes),
                          DockerEvents(what.docker_socket), std::move(signals)));
  TRY_VOID(events->listen_to_rules(what.backend));
  return events;
}

Result<void> LinuxHostEvents::listen_to_rules(Backend backend) {
  if (backend == Backend::kNft ? rules_.has_value() : legacy_.has_value()) return {};
  if (backend == Backend::kNft) {
    TRY(rules_, NetlinkEvents::open(NETLINK_NETFILTER, {NFNLGRP_NFTABLES}));
    legacy_.reset();
  } else {
    TRY(legacy_, LegacyPoll::open());
    rules_.reset();
  }
  return {};
}

void LinuxHostEvents::listen_to(const Interests& interests) {
  // From before whoever listens looks at the host: what changes while he looks is told.
  sets_.listen_to(interests.sets);
  const auto& path = interests.path;
  wishes_path_ = path.empty() ? PYFW_CONFIG_DIR : path;
  struct stat there{};
  bool is_folder = stat(path.c_str(), &there) == 0 && S_ISDIR(there.st_mode);
  auto paths = interests.files;
  std::erase_if(paths, [](const std::string& file) { return !file.starts_with('/'); });
  paths.push_back(path.empty() ? PYFW_CONFIG_DIR "/wishes.yaml" : path);
  wishes_.listen_to(paths);
  if (is_folder || path.empty())
    wishes_.listen_to_folder(path.empty() ? PYFW_CONFIG_DIR "/wishes.d" : path, ".yaml");
}

void LinuxHostEvents::forget_polled_rules() {
  if (legacy_) legacy_->forget();
}

void LinuxHostEvents::forget_polled_sets() { sets_.forget(); }

std::vector<std::string> LinuxHostEvents::watched() const {
  std::vector<std::string> watched = {
      rules_ ? "rules (events of nftables)" : "rules (of iptables-legacy, polled)",
      "interfaces, addresses and routes"};
  if (!sets_.is_idle()) watched.emplace_back("sets (polled)");
  if (!docker_.path().empty()) watched.push_back("Docker (" + docker_.path() + ")");
  if (!wishes_path_.empty()) watched.push_back(wishes_path_);
  return watched;
}

Result<Waking> LinuxHostEvents::wait(std::int64_t until) {
  BootClock clock;
  Waking waking;
  while (true) {
    std::array<pollfd, 6> fds{{{.fd = rules_ ? rules_->fd() : -1, .events = POLLIN, .revents = 0},
                               {.fd = links_.fd(), .events = POLLIN, .revents = 0},
                               {.fd = memory_.fd(), .events = POLLIN, .revents = 0},
                               {.fd = wishes_.fd(), .events = POLLIN, .revents = 0},
                               {.fd = docker_.fd(), .events = POLLIN, .revents = 0},
                               {.fd = signals_.get(), .events = POLLIN, .revents = 0}}};
    auto ready = ::poll(fds.data(), fds.size(), patience(until));
    if (ready < 0 && errno != EINTR) return system_error("poll");
    take(waking);
    bool has_woken = waking.is_about_the_host() || waking.memory || waking.wishes || waking.is_over;
    if (has_woken || clock.now() >= until) return waking;
  }
}

int LinuxHostEvents::patience(std::int64_t until) const {
  BootClock clock;
  auto left = std::max<std::int64_t>(until - clock.now(), 0);
  if (legacy_) left = std::min<std::int64_t>(left, LegacyPoll::kEach.count());
  if (!docker_.path().empty() && !docker_.is_connected())
    left = std::min<std::int64_t>(left, DockerEvents::kTryEach.count());
  return static_cast<int>(std::min<std::int64_t>(left, SetPoll::kEach.count()));
}

void LinuxHostEvents::take(Waking& waking) {
  auto hear = [&](NetlinkEvents& events, bool& some) {
    auto heard = events.take();
    some = some || heard.some;
    waking.all = waking.all || heard.lost;
  };
  if (rules_) hear(*rules_, waking.rules);
  hear(links_, waking.links);
  waking.memory = memory_.take() || waking.memory;
  waking.wishes = wishes_.take() || waking.wishes;
  waking.docker = docker_.take() || waking.docker;
  waking.docker = docker_.connect_again() || waking.docker;
  take_signals(waking);
  poll_what_nobody_tells(waking);
}

void LinuxHostEvents::take_signals(Waking& waking) {
  signalfd_siginfo signal{};
  while (read(signals_.get(), &signal, sizeof(signal)) == static_cast<ssize_t>(sizeof(signal))) {
    if (signal.ssi_signo == SIGHUP) {
      waking.all = true;
    } else {
      waking.is_over = true;
    }
  }
}

void LinuxHostEvents::poll_what_nobody_tells(Waking& waking) {
  if (legacy_ && legacy_->has_changed()) waking.rules = true;
  if (sets_.has_changed()) waking.sets = true;
}

}  // namespace pyfw
