// The tutorial's table: what works after each of its steps, from the recorded rules.

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "trace/flow.h"
#include "trace/host_for_tests.h"

namespace pyfw {
namespace {

std::string file(std::string_view name) {
  std::ifstream in(std::string(PYFW_SOURCE_DIR "/tests/golden/tutorial/") + std::string(name));
  EXPECT_TRUE(in) << name;
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

HostForTests host_of_tutorial(const std::string& save) {
  HostForTests host;
  host.with_docker().rules(save).sets(file("allowed_hosts.ipset-save"));
  host.listener(kTcp, "0.0.0.0", 8000, "docker-proxy").listener(kTcp, "0.0.0.0", 22, "sshd");
  host.facts().interfaces[1].addresses = {*Prefix::parse("192.168.122.190/24")};
  host.route("192.168.122.0/24", "eth0");
  return host;
}

std::string word(FlowOutcome outcome) {
  switch (outcome) {
    case FlowOutcome::kWorks: return "works";
    case FlowOutcome::kRefused: return "refused";
    case FlowOutcome::kDropped: return "dropped";
    case FlowOutcome::kDepends: return "depends";
  }
  return "";
}

// host2, the intruder, the host by its address, the host by 127.0.0.1, a container by its gateway.
std::string row(const TracedHost& host) {
  std::string out;
  for (const auto& arrival : {
           Arrival{.packet = tcp("192.168.122.193", "192.168.122.190", 8000), .in_interface = "eth0"},
           Arrival{.packet = tcp("192.168.122.66", "192.168.122.190", 8000), .in_interface = "eth0"},
           Arrival{.packet = tcp("192.168.122.190", "192.168.122.190", 8000)},
           Arrival{.packet = tcp("127.0.0.1", "127.0.0.1", 8000)},
           Arrival{.packet = tcp("172.17.0.3", "172.17.0.1", 8000), .in_interface = "veth3"},
       })
    out += (out.empty() ? "" : " ") + word(trace_flow(host, arrival).verdict.outcome);
  return out;
}

std::string row(std::string_view name) { return row(host_of_tutorial(file(name)).traced()); }

TEST(Tutorial, PlainDockerLetsEveryoneIn) {
  EXPECT_EQ(row("1-plain-docker.iptables-save"), "works works works works works");
}

TEST(Tutorial, APolicyOfDropInInputBreaksLoAndTheContainersButNotPublishedPorts) {
  EXPECT_EQ(row("2-input-drop.iptables-save"), "works works works dropped dropped");
}

TEST(Tutorial, ARejectInDockerRefusesTheIntruder) {
  EXPECT_EQ(row("3-docker-reject.iptables-save"), "works refused works dropped dropped");
}

TEST(Tutorial, AcceptingTheBridgeInInputMendsTheContainers) {
  EXPECT_EQ(row("4-inter-docker.iptables-save"), "works refused works dropped works");
}

TEST(Tutorial, AcceptingLoInInputMendsTheHostItself) {
  auto host = host_of_tutorial(file("4-inter-docker.iptables-save"));
  ensure_chain(host.state().state.iptables, "filter", "INPUT").rules.push_back(Rule{"-i lo -j ACCEPT"});
  EXPECT_EQ(row(host.traced()), "works refused works works works");
}

TEST(Tutorial, TheIntruderIsRefusedByTheRuleOfTheWish) {
  auto host = host_of_tutorial(file("4-inter-docker.iptables-save")).traced();
  auto flow =
      trace_flow(host, {.packet = tcp("192.168.122.66", "192.168.122.190", 8000), .in_interface = "eth0"});
  EXPECT_EQ(flow.verdict.decider, Decider::kRule);
  ASSERT_TRUE(flow.verdict.rule);
  EXPECT_EQ(host.chain(flow.verdict.rule->chain).name, "DOCKER");
  EXPECT_EQ(host.rule(*flow.verdict.rule).text,
            "! -i docker0 -o docker0 -m set ! --match-set allowed_hosts src -j REJECT --reject-with "
            "icmp-port-unreachable");
}

TEST(Tutorial, WithoutUserlandProxyAPolicyOfDropInInputBreaksNothing) {
  HostForTests made = host_of_tutorial(R"(*nat
:PREROUTING ACCEPT [0:0]
:INPUT ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
:POSTROUTING ACCEPT [0:0]
:DOCKER - [0:0]
-A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER
-A OUTPUT -m addrtype --dst-type LOCAL -j DOCKER
-A POSTROUTING -o docker0 -m addrtype --src-type LOCAL -j MASQUERADE
-A POSTROUTING -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE
-A POSTROUTING -s 172.17.0.2/32 -d 172.17.0.2/32 -p tcp -m tcp --dport 80 -j MASQUERADE
-A DOCKER -p tcp -m tcp --dport 8000 -j DNAT --to-destination 172.17.0.2:80
COMMIT
*filter
:INPUT DROP [0:0]
:FORWARD DROP [0:0]
:OUTPUT ACCEPT [0:0]
:DOCKER - [0:0]
-A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
-A INPUT -p tcp -m tcp --dport 22 -j ACCEPT
-A FORWARD -o docker0 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
-A FORWARD -o docker0 -j DOCKER
-A FORWARD -i docker0 ! -o docker0 -j ACCEPT
-A FORWARD -i docker0 -o docker0 -j ACCEPT
-A DOCKER -d 172.17.0.2/32 ! -i docker0 -o docker0 -p tcp -m tcp --dport 80 -j ACCEPT
COMMIT
)");
  made.facts().docker->userland_proxy = false;
  made.facts().docker->containers[0].ports[0].has_proxy = false;
  made.facts().listeners->erase(made.facts().listeners->begin());
  auto& settings = made.facts().settings->interfaces["docker0"];
  settings.route_localnet = settings.forwards_ipv4 = true;
  EXPECT_EQ(row(made.traced()), "works works works works works");
  // Also of the container to itself, by way of the host.
  auto self =
      trace_flow(made.traced(), {.packet = tcp("172.17.0.2", "172.17.0.1", 8000), .in_interface = "veth2"});
  EXPECT_EQ(self.verdict.outcome, FlowOutcome::kWorks);
}

}  // namespace
}  // namespace pyfw
