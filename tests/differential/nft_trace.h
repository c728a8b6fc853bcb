// The kernel's own trace of packets through nftables, and of the hooks that they came to. A table of our own
// says which packets are traced (all that come in, and of the host's own those that bear our priority), and
// sees each hook at its begin and its end. A host that is mute has its other packets dropped, so that nobody
// answers.
//
//   TRY(auto trace, NftTrace::open(HostItself::kIsMute));  // in the namespace of the calling thread
//   TRY_VOID(trace.learn_rules());              // after the rules were loaded
//   …                                           // a packet is sent
//   TRY_VOID(trace.take(path));
//
// The same mark on a packet makes the legacy tables tell their rules (legacy_trace.h).

#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <unordered_map>

#include "base/error.h"
#include "kernel_path.h"
#include "trace_socket.h"

namespace pyfw::differential {

// SO_PRIORITY of the packets that the host under test sends itself; no match of iptables looks at it.
inline constexpr int kOurPriority = 0x7e57;

enum class HostItself : std::uint8_t { kIsMute, kAnswers };

class NftTrace {
 public:
  static Result<NftTrace> open(HostItself host);

  Result<void> learn_rules();
  // Adds what was told since the last time.
  Result<void> take(KernelPath& path);

 private:
  explicit NftTrace(TraceSocket socket) : socket_(std::move(socket)) {}
  void on_event(const nlmsghdr& message, KernelPath& path);
  void on_own_chain(const nlmsghdr& message, KernelPath& path);

  struct Place {
    std::string chain;
    std::size_t rule = 0;
  };
  struct KnownTable {
    std::unordered_map<std::uint64_t, Place> rules;
  };
  TraceSocket socket_;
  std::map<std::pair<std::uint8_t, std::string>, KnownTable> tables_{};  // by nfproto and name
  std::string strange_{};  // the first event that could not be understood
};

}  // namespace pyfw::differential
