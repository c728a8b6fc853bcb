// Rules that several tests of tracing share.

#pragma once

#include <string>
#include <string_view>

#include "trace/host_for_tests.h"

namespace pyfw {

inline constexpr const char* kNatOfDocker = R"(*nat
:PREROUTING ACCEPT [0:0]
:INPUT ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
:POSTROUTING ACCEPT [0:0]
:DOCKER - [0:0]
-A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER
-A OUTPUT ! -d 127.0.0.0/8 -m addrtype --dst-type LOCAL -j DOCKER
-A POSTROUTING -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE
-A DOCKER -i docker0 -j RETURN
-A DOCKER ! -i docker0 -p tcp -m tcp --dport 8000 -j DNAT --to-destination 172.17.0.2:80
COMMIT
)";

// With these rules for INPUT, FORWARD and OUTPUT, whose policy is ACCEPT.
inline std::string filter(std::string_view rules) {
  return "*filter\n:INPUT ACCEPT [0:0]\n:FORWARD ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n" + std::string(rules) +
         "COMMIT\n";
}

inline std::string with_nat(std::string_view rules) { return kNatOfDocker + filter(rules); }

// What Docker writes where container a publishes its port 80 as 8000.
inline const std::string kPublished = std::string(kNatOfDocker) + R"(*filter
:INPUT ACCEPT [0:0]
:FORWARD DROP [0:0]
:OUTPUT ACCEPT [0:0]
:DOCKER - [0:0]
-A FORWARD -o docker0 -j DOCKER
-A FORWARD -o docker0 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
-A FORWARD -i docker0 ! -o docker0 -j ACCEPT
-A FORWARD -i docker0 -o docker0 -j ACCEPT
-A DOCKER -d 172.17.0.2/32 ! -i docker0 -o docker0 -p tcp -m tcp --dport 80 -j ACCEPT
COMMIT
)";

// Everything comes in and goes through only in that state.
inline std::string only_state(std::string_view state) {
  auto rule = " -m conntrack --ctstate " + std::string(state) + " -j ACCEPT\n";
  return "*filter\n:INPUT DROP [0:0]\n:FORWARD DROP [0:0]\n:OUTPUT ACCEPT [0:0]\n-A INPUT" + rule +
         "-A FORWARD" + rule + "COMMIT\n";
}

// A rule with that target in every builtin chain but those of filter.
inline std::string all_chains(std::string_view target) {
  std::string out;
  for (std::string_view table : {"raw", "mangle", "nat", "security"}) {
    out += "*" + std::string(table) + "\n";
    for (auto chain : builtin_chains(table)) out += ":" + std::string(chain) + " ACCEPT [0:0]\n";
    for (auto chain : builtin_chains(table))
      out += "-A " + std::string(chain) + " -j " + std::string(target) + "\n";
    out += "COMMIT\n";
  }
  return out;
}

// The builtin chains of a table that a packet met.
inline std::string chains_of(const TracedHost& host, const Path& path, std::string_view table) {
  std::string out;
  for (const auto& step : path.steps) {
    if (step.kind != StepKind::kChain || host.chain(step.chain).table != table) continue;
    out += (out.empty() ? "" : " ") + host.chain(step.chain).name;
  }
  return out;
}

}  // namespace pyfw
