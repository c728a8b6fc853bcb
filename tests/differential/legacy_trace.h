// The kernel's own trace of packets through the tables of iptables-legacy: the log messages of those packets
// that NftTrace or `-j TRACE` has marked, each with "TRACE: filter:CHAIN:rule:3" as its prefix.
//
//   TRY(auto trace, LegacyTrace::open());       // in the namespace of the calling thread
//   trace.learn_rules(Family::kIpv4, ruleset);
//   …                                           // a packet is sent
//   TRY_VOID(trace.take(path));

#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>

#include "base/error.h"
#include "kernel_path.h"
#include "nf/ruleset.h"
#include "trace_socket.h"

namespace pyfw::differential {

class LegacyTrace {
 public:
  static Result<LegacyTrace> open();

  void learn_rules(Family family, const Ruleset& ruleset);
  Result<void> take(KernelPath& path);

 private:
  explicit LegacyTrace(TraceSocket socket) : socket_(std::move(socket)) {}
  void on_event(const nlmsghdr& message, KernelPath& path);

  TraceSocket socket_;
  // How many rules the chains have: what is behind the last one is the end.
  std::map<std::tuple<Family, std::string, std::string>, std::size_t> sizes_{};
  std::string strange_{};
};

struct LegacyPlace {
  std::string table;
  std::string chain;
  std::size_t number = 0;  // from 1
};

// None for the prefix of another log message.
std::optional<LegacyPlace> parse_prefix(std::string_view prefix);

}  // namespace pyfw::differential
