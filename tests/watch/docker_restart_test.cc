// Docker restarts, and an intruder tries to connect every 3 ms.

#include <fmt/format.h>

#include <iostream>

#include "watch/docker_watch.h"
#include "watch/rounds.h"

namespace pyfw::netns {
namespace {

struct Place {
  const char* name;
  const char* wishes;
};

// Where Docker's restart leaves no moment without them.
constexpr Place kAhead[] = {{"DOCKER-USER, new connections only", R"(
pyfw_wishes:
  iptables:
    filter:
      DOCKER-USER:
        rules:
        - ours_only_host2: -i eth0 ! -s 192.168.122.193 -m conntrack --ctstate NEW -j REJECT
)"},
                            {"DOCKER-USER, established ones first", R"(
pyfw_wishes:
  iptables:
    filter:
      DOCKER-USER:
        rules:
        - ours_established: -m conntrack --ctstate RELATED,ESTABLISHED -j RETURN
        - ours_only_host2: -i eth0 ! -s 192.168.122.193 -j REJECT
)"},
                            {"mangle PREROUTING", R"(
pyfw_wishes:
  iptables:
    mangle:
      PREROUTING:
        rules:
        - ours_only_host2: -i eth0 ! -s 192.168.122.193 -p tcp --dport 8000 -j DROP
)"}};

// Where Docker puts its own rules ahead of them, or takes them away.
constexpr Place kAmong[] = {{"FORWARD", R"(
pyfw_wishes:
  iptables:
    filter:
      FORWARD:
        rules:
        - ours_established: -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
        - ours_only_host2: -i eth0 ! -s 192.168.122.193 -o docker0 -j REJECT
)"},
                            {"DOCKER", R"(
pyfw_wishes:
  iptables:
    filter:
      FORWARD:
        rules:
        - ours_established: -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
      DOCKER:
        rules:
        - ours_only_host2: '! -i docker0 -o docker0 ! -s 192.168.122.193 -j REJECT'
)"},
                            {"DOCKER, by a set", R"(
pyfw_wishes:
  ipsets:
    allowed_hosts: { type: 'hash:ip', members_equal: [192.168.122.193] }
  iptables:
    filter:
      FORWARD:
        rules:
        - ours_established: -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
      DOCKER:
        rules:
        - ours_allowed_hosts_only: '! -i docker0 -o docker0 -m set ! --match-set allowed_hosts src -j REJECT'
)"}};

class DockerRestarts : public DockerWatchTest {
 protected:
  // Returns with what Docker's rules are after a restart where nobody else writes.
  Foreign start(const char* daemon_json) {
    start_docker(daemon_json);
    if (IsSkipped()) return {};
    // Else it would say nothing that the intruder stays out.
    EXPECT_TRUE(knock().wait_until_it_gets_in()) << save();
    restart_docker();
    return foreign_rules();
  }

  void hold(const Place& place) {
    wish(place.wishes);
    apply_for_good();
    start_watch();
  }

  void expect_intruder_stays_out(const char* daemon_json) {
    auto docker_rules = start(daemon_json);
    if (IsSkipped()) return;
    for (const auto& place : kAhead) {
      SCOPED_TRACE(place.name);
      hold(place);
      auto knocker = knock();
      for (int i = 0; i < rounds(2, 10); ++i) restart_docker();
      auto knocks = knocker.stop();
      EXPECT_GT(knocks.tried, 100);
      EXPECT_EQ(knocks.opened, 0) << log();
      expect_as_wished(docker_rules);
      stop_watch();
    }
  }

  void expect_wishes_come_back(const char* daemon_json) {
    auto docker_rules = start(daemon_json);
    if (IsSkipped()) return;
    for (const auto& place : kAmong) {
      SCOPED_TRACE(place.name);
      hold(place);
      auto said =
          fmt::format("{}, {}: the intruder could connect for", is_legacy() ? "legacy" : "nft", place.name);
      for (int i = 0; i < rounds(2, 10); ++i) {
        auto knocker = knock();
        restart_docker();
        expect_as_wished(docker_rules);
        said += fmt::format(" {:.0f}", knocker.stop().open_ms);
      }
      std::cout << said << " ms of a restart\n";
      stop_watch();
    }
  }

 private:
  void expect_as_wished(const Foreign& docker_rules) const {
    expect_held();
    expect_host2_gets_in();
    EXPECT_EQ(foreign_rules(), docker_rules) << log();
  }
};

TEST_P(DockerRestarts, WhatStandsAheadOfDockersRulesKeepsTheIntruderOut) {
  expect_intruder_stays_out("{}\n");
}

TEST_P(DockerRestarts, SoItDoesWhereContainersOutliveDocker) { expect_intruder_stays_out(kLiveRestore); }

TEST_P(DockerRestarts, WhatStandsAmongDockersRulesComesBackAndNoneOfDockersIsLost) {
  expect_wishes_come_back("{}\n");
}

TEST_P(DockerRestarts, SoItDoesComeBackWhereContainersOutliveDocker) {
  expect_wishes_come_back(kLiveRestore);
}

PYFW_ON_BOTH_BACKENDS(DockerRestarts);

}  // namespace
}  // namespace pyfw::netns
