// For tests of this room: what lint says of wishes, on a host of trace/host_for_tests.h.
//
//   EXPECT_THAT(said_of(input("- -p tcp --dport 22 -j ACCEPT")), IsEmpty());

#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "lint/lint.h"
#include "trace/rules_for_tests.h"
#include "wish/wishes_for_tests.h"

namespace pyfw {

inline LintResult found_in(const std::string& text, HostForTests host = {},
                           std::optional<CtTuple> connection = {}) {
  auto wishes = wishes_from({text});
  EXPECT_TRUE(wishes.has_value()) << told(wishes);
  auto written = write_rules(*wishes, {.facts = host.facts(), .docker = host.facts().docker});
  EXPECT_TRUE(written.has_value()) << told(written);
  auto sets = write_sets(*wishes, host.state().state);
  EXPECT_TRUE(sets.has_value()) << told(sets);
  auto resolved = resolve(*wishes, *written, *sets, host.state().state);
  for (const auto& [name, set] : wishes->sets)
    if (set.members_equal) resolved.desired.exact_sets.insert(name);
  return lint({.wishes = *wishes,
               .written = *written,
               .desired = resolved.desired,
               .host = host.state(),
               .uncalled = resolved.warnings,
               .connection = connection});
}

inline std::vector<Advice> advices_of(const std::string& text, HostForTests host = {},
                                      std::optional<CtTuple> connection = {}) {
  return found_in(text, std::move(host), connection).advices;
}

// "input-without-loopback at 6:25", each.
inline std::vector<std::string> said_of(const std::string& text, HostForTests host = {},
                                        std::optional<CtTuple> connection = {}) {
  std::vector<std::string> out;
  for (const auto& advice : advices_of(text, std::move(host), connection))
    out.push_back(advice.id + " at " + std::to_string(advice.place->line) + ":" +
                  std::to_string(advice.place->column));
  return out;
}

// Wishes for one chain of iptables' filter, a line each.
inline std::string chain_of(std::string_view chain, const std::vector<std::string>& lines,
                            std::string_view family = "iptables", std::string_view policy = "") {
  std::string out =
      "pyfw_wishes:\n  " + std::string(family) + ":\n    filter:\n      " + std::string(chain) + ":\n";
  if (!policy.empty()) out += "        default_action: " + std::string(policy) + "\n";
  out += "        rules:\n";
  for (const auto& line : lines) out += "        " + line + "\n";
  return out;
}

// What Docker 20.10 and later, and what 28 and later, write where container a publishes its port 80 as 8000.
inline HostForTests docker_20() {
  HostForTests host;
  host.with_docker();
  host.rules(std::string(kNatOfDocker) + R"(*filter
:INPUT ACCEPT [0:0]
:FORWARD DROP [0:0]
:OUTPUT ACCEPT [0:0]
:DOCKER - [0:0]
:DOCKER-USER - [0:0]
-A FORWARD -j DOCKER-USER
-A FORWARD -o docker0 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
-A FORWARD -o docker0 -j DOCKER
-A FORWARD -i docker0 ! -o docker0 -j ACCEPT
-A FORWARD -i docker0 -o docker0 -j ACCEPT
-A INPUT -s 198.51.100.66/32 -j DROP
-A DOCKER -d 172.17.0.2/32 ! -i docker0 -o docker0 -p tcp -m tcp --dport 80 -j ACCEPT
-A DOCKER-USER -j RETURN
COMMIT
)");
  return host;
}

inline HostForTests docker_28() {
  HostForTests host;
  host.with_docker();
  host.rules(std::string(kNatOfDocker) + R"(*filter
:INPUT ACCEPT [0:0]
:FORWARD DROP [0:0]
:OUTPUT ACCEPT [0:0]
:DOCKER - [0:0]
:DOCKER-BRIDGE - [0:0]
:DOCKER-CT - [0:0]
:DOCKER-FORWARD - [0:0]
:DOCKER-INTERNAL - [0:0]
:DOCKER-USER - [0:0]
-A FORWARD -j DOCKER-USER
-A FORWARD -j DOCKER-FORWARD
-A INPUT -s 198.51.100.66/32 -j DROP
-A DOCKER -d 172.17.0.2/32 ! -i docker0 -o docker0 -p tcp -m tcp --dport 80 -j ACCEPT
-A DOCKER ! -i docker0 -o docker0 -j DROP
-A DOCKER-BRIDGE -o docker0 -j DOCKER
-A DOCKER-CT -o docker0 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
-A DOCKER-FORWARD -j DOCKER-CT
-A DOCKER-FORWARD -j DOCKER-INTERNAL
-A DOCKER-FORWARD -j DOCKER-BRIDGE
-A DOCKER-FORWARD -i docker0 -j ACCEPT
COMMIT
)");
  return host;
}

}  // namespace pyfw
