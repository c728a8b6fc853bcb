// What Docker does to the chains when it starts again, done by hand: it moves its jumps to the head of
// FORWARD and flushes its own chains.

#include "live.h"

namespace pyfw::netns {
namespace {

class DockerRestart : public LiveTest {
 protected:
  void SetUp() override {
    LiveTest::SetUp();
    if (IsSkipped()) return;
    sh("iptables -N DOCKER; iptables -N DOCKER-ISOLATION; iptables -A DOCKER-ISOLATION -j RETURN");
    docker_starts();
    wish(R"(
pyfw_wishes:
  ipsets:
    allowed_hosts: { type: 'hash:ip', members_equal: [192.168.122.193] }
  iptables:
    filter:
      FORWARD:
        rules:
        - allow_established: -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
        - no_telnet: -p tcp --dport 23 -j DROP
      DOCKER:
        rules:
        - allowed_hosts_only: '! -i docker0 -o docker0 -m set ! --match-set allowed_hosts src -j REJECT'
)");
    apply_and_expect_fulfilled();
    fulfilled_ = save();
  }

  void docker_starts() const {
    sh("iptables -F DOCKER; for r in '-i docker0 -o docker0 -j ACCEPT' '-i docker0 ! -o docker0 -j ACCEPT'"
       " '-o docker0 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT' '-o docker0 -j DOCKER'"
       " '-j DOCKER-ISOLATION'; do iptables -D FORWARD $r 2>/dev/null || true; iptables -I FORWARD $r; done");
  }

  std::string fulfilled_;
};

TEST_P(DockerRestart, IsHealedByExactlyTheMoves) {
  docker_starts();
  ASSERT_NE(save(), fulfilled_);
  auto moves = std::string(
      "iptables -w -t filter -I DOCKER 1 ! -i docker0 -o docker0 -m set ! --match-set allowed_hosts src -m "
      "comment "
      "--comment allowed_hosts_only -j REJECT --reject-with icmp-port-unreachable\n\n"
      "iptables -w -t filter -I FORWARD 1 -m conntrack --ctstate RELATED,ESTABLISHED -m comment --comment "
      "_pyfw_temp_allow_established -j ACCEPT\n"
      "iptables -w -t filter -D FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -m comment --comment "
      "allow_established -j ACCEPT\n"
      "iptables -w -t filter -I FORWARD 1 -m conntrack --ctstate RELATED,ESTABLISHED -m comment --comment "
      "allow_established -j ACCEPT\n"
      "iptables -w -t filter -D FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -m comment --comment "
      "_pyfw_temp_allow_established -j ACCEPT\n\n"
      "iptables -w -t filter -I FORWARD 2 -p tcp -m tcp --dport 23 -m comment --comment _pyfw_temp_no_telnet "
      "-j DROP\n"
      "iptables -w -t filter -D FORWARD -p tcp -m tcp --dport 23 -m comment --comment no_telnet -j DROP\n"
      "iptables -w -t filter -I FORWARD 2 -p tcp -m tcp --dport 23 -m comment --comment no_telnet -j DROP\n"
      "iptables -w -t filter -D FORWARD -p tcp -m tcp --dport 23 -m comment --comment _pyfw_temp_no_telnet "
      "-j DROP\n");
  EXPECT_EQ(pyfw({}).out, kTheseCommands + moves);
  apply_and_expect_fulfilled();
  EXPECT_EQ(save(), fulfilled_);
}

TEST_P(DockerRestart, ThePrintedCommandsHealItTooWhenPastedIntoAShell) {
  docker_starts();
  sh(pyfw({}).out);
  EXPECT_EQ(save(), fulfilled_);
}

PYFW_ON_BOTH_BACKENDS(DockerRestart);

}  // namespace
}  // namespace pyfw::netns
