// Whether the rules of iptables-legacy have changed, which nobody tells. GET_INFO (how many rules and bytes,
// where the chains begin) takes microseconds, and is asked often. It does not see a rule that has moved, nor
// a new table: all of the rules are looked at too, the more seldom the more there are.

#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/fd.h"
#include "net/ip.h"

namespace pyfw {

class LegacyPoll {
 public:
  // In the network namespace of the calling thread. No table comes to be by it.
  static Result<LegacyPoll> open();

  // Whether something is otherwise than the last time, or than when it was opened.
  bool has_changed();

  // The next time something has changed, whatever is there.
  void forget() { seen_.clear(); }

  static constexpr std::chrono::milliseconds kEach{25};  // so often it is worth asking

 private:
  LegacyPoll(Fd ipv4, Fd ipv6) : ipv4_(std::move(ipv4)), ipv6_(std::move(ipv6)) {}
  [[nodiscard]] const Fd& socket_of(Family family) const { return family == Family::kIpv4 ? ipv4_ : ipv6_; }

  void find_tables();

  struct Seen {
    std::string info{};       // as the kernel gives it
    std::uint64_t rules = 0;  // a hash of them
  };
  Fd ipv4_;
  Fd ipv6_;
  std::vector<std::pair<Family, std::string>> tables_{};  // that were there at the last look at the rules
  std::map<std::pair<Family, std::string>, Seen> seen_{};
  std::chrono::steady_clock::time_point look_at_rules_{};
};

}  // namespace pyfw
