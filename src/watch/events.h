// What wakes the daemon. The engine asks through this; `events` listens to the kernel, to Docker and to
// files.

#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "base/error.h"

namespace pyfw {

// What has happened since the last time, all of it at once: a burst wakes once.
struct Waking {
  bool rules = false;    // somebody has written rules, perhaps we
  bool sets = false;     // a set that is wished, or its members
  bool links = false;    // an interface, an address or a route came or went
  bool docker = false;   // a container or a network came or went, or Docker itself
  bool memory = false;   // the record or the pending change: an apply, a confirm, an undo
  bool wishes = false;   // the files of the wishes
  bool all = false;      // events were lost, or the owner asks for it (SIGHUP)
  bool is_over = false;  // SIGTERM

  [[nodiscard]] bool is_about_the_host() const { return rules || sets || links || docker || all; }
};

struct Interests {
  std::string path{};                // of the wishes, as the record has it
  std::vector<std::string> files{};  // that they were read from
  std::set<std::string> sets{};      // that they wish something of
};

class HostEvents {
 public:
  HostEvents() = default;
  HostEvents(const HostEvents&) = delete;
  HostEvents& operator=(const HostEvents&) = delete;
  virtual ~HostEvents() = default;

  // Waits until something happens, at most until that moment (ms of CLOCK_BOOTTIME); then nothing is set.
  virtual Result<Waking> wait(std::int64_t until) = 0;
  // What else to listen to from here on, beside the kernel and Docker.
  virtual void listen_to(const Interests& interests) = 0;
  // Called when we have written: what is only polled may have become what it was before again, and so may
  // what others do to it next.
  virtual void forget_polled_rules() = 0;
  virtual void forget_polled_sets() = 0;
  // What is listened to, for people: "nftables", "/var/run/docker.sock".
  [[nodiscard]] virtual std::vector<std::string> watched() const = 0;
};

}  // namespace pyfw
