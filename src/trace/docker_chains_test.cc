// What Docker's chains do to packets, version by version, from the recorded rules.

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "trace/flow.h"
#include "trace/host_for_tests.h"

namespace pyfw {
namespace {

std::string saved(const std::string& name) {
  std::ifstream in(PYFW_SOURCE_DIR "/tests/golden/saves/" + name + ".iptables-save");
  EXPECT_TRUE(in) << name;
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

// With a bridge of that name and network beside docker0.
HostForTests host_with(const std::string& name, const std::string& bridge = "",
                       std::string_view address = "") {
  HostForTests made;
  made.rules(saved(name));
  if (bridge.empty()) return made;
  auto own = *Prefix::parse(address);
  made.interface(bridge, {address}).kind = "bridge";
  made.route(Prefix{.ip = own.ip.masked(own.length), .length = own.length}.to_string(), bridge);
  return made;
}

FlowOutcome outside(const TracedHost& host, std::string_view destination, std::uint16_t port) {
  return trace_flow(host, {.packet = tcp("203.0.113.9", destination, port), .in_interface = "eth0"})
      .verdict.outcome;
}

FlowOutcome from(const TracedHost& host, std::string_view bridge, std::string_view source,
                 std::string_view destination, std::uint16_t port = 80) {
  return trace_flow(host, {.packet = tcp(source, destination, port), .in_interface = std::string(bridge)})
      .verdict.outcome;
}

TEST(DockerChains, InAllVersionsAPublishedPortIsOpenAndContainersReachTheWorld) {
  for (const char* name : {"docker-17.05", "docker-20.10", "docker-28", "docker-no-icc"}) {
    auto host = host_with(name).traced();
    EXPECT_EQ(outside(host, "192.0.2.1", 8000), FlowOutcome::kWorks) << name;
    EXPECT_EQ(outside(host, "172.17.0.2", 22), FlowOutcome::kDropped) << name;
    EXPECT_EQ(from(host, "docker0", "172.17.0.2", "203.0.113.9"), FlowOutcome::kWorks) << name;
  }
}

TEST(DockerChains, OnlyFrom28OnIsAContainersPublishedPortClosedToWhoeverAsksTheContainerItself) {
  EXPECT_EQ(outside(host_with("docker-20.10").traced(), "172.17.0.2", 80), FlowOutcome::kWorks);
  auto host = host_with("docker-28").traced();
  auto flow = trace_flow(host, {.packet = tcp("203.0.113.9", "172.17.0.2", 80), .in_interface = "eth0"});
  EXPECT_EQ(flow.verdict.outcome, FlowOutcome::kDropped);
  EXPECT_EQ(host.chain(flow.verdict.rule->chain).table, "raw");
}

TEST(DockerChains, NetworksOf2010AreIsolatedFromEachOther) {
  auto host = host_with("docker-20.10", "br-3f1b7c0a9d2e", "172.18.0.1/16").traced();
  auto flow =
      trace_flow(host, {.packet = tcp("172.18.0.2", "172.17.0.2", 80), .in_interface = "br-3f1b7c0a9d2e"});
  EXPECT_EQ(flow.verdict.outcome, FlowOutcome::kDropped);
  EXPECT_EQ(host.chain(flow.verdict.rule->chain).name, "DOCKER-ISOLATION-STAGE-2");
  // But a published port is reached by the host's address: docker-proxy, or DNAT, leads there.
  EXPECT_EQ(from(host, "br-3f1b7c0a9d2e", "172.18.0.2", "192.0.2.1", 22), FlowOutcome::kWorks);
}

TEST(DockerChains, WithoutIccContainersOfOneNetworkDontReachEachOther) {
  EXPECT_EQ(from(host_with("docker-no-icc").traced(), "veth2", "172.17.0.2", "172.17.0.3"),
            FlowOutcome::kDropped);
  EXPECT_EQ(from(host_with("docker-20.10").traced(), "veth2", "172.17.0.2", "172.17.0.3"),
            FlowOutcome::kWorks);
  auto unseen = host_with("docker-no-icc");
  unseen.facts().settings->bridge_nf_call_iptables = false;
  EXPECT_EQ(from(unseen.traced(), "veth2", "172.17.0.2", "172.17.0.3"), FlowOutcome::kWorks);
}

TEST(DockerChains, AnInternalNetworkReachesItselfAndTheHostOnly) {
  auto host = host_with("docker-internal", "br-internal", "172.20.0.1/16").traced();
  EXPECT_EQ(from(host, "br-internal", "172.20.0.2", "172.20.0.3"), FlowOutcome::kWorks);
  EXPECT_EQ(from(host, "br-internal", "172.20.0.2", "172.20.0.1", 22), FlowOutcome::kWorks);
  EXPECT_EQ(from(host, "br-internal", "172.20.0.2", "203.0.113.9"), FlowOutcome::kDropped);
  EXPECT_EQ(from(host, "br-internal", "172.20.0.2", "172.17.0.2"), FlowOutcome::kDropped);
  EXPECT_EQ(outside(host, "172.20.0.2", 80), FlowOutcome::kDropped);
}

TEST(DockerChains, ARoutedNetworkIsReachedByTheContainersAddressWithoutNat) {
  auto host = host_with("docker-routed", "br-routed", "172.21.0.1/16").traced();
  EXPECT_EQ(outside(host, "172.21.0.2", 80), FlowOutcome::kWorks);
  EXPECT_EQ(outside(host, "172.21.0.2", 22), FlowOutcome::kDropped);
  auto flow =
      trace_flow(host, {.packet = tcp("172.21.0.2", "203.0.113.9", 443), .in_interface = "br-routed"});
  EXPECT_EQ(flow.verdict.outcome, FlowOutcome::kWorks);
  EXPECT_EQ(flow.legs[0].path.last.packet.source, ip("172.21.0.2"));
}

TEST(DockerChains, ASwarmsIngressLeadsEveryAddressOfTheHostToItsSandbox) {
  HostForTests made = host_with("docker-swarm", "docker_gwbridge", "172.18.0.1/16");
  made.facts().settings->interfaces["docker_gwbridge"] = {.route_localnet = true, .forwards_ipv4 = true};
  auto host = made.traced();
  EXPECT_EQ(outside(host, "192.0.2.1", 8080), FlowOutcome::kWorks);
  auto own = trace_flow(host, {.packet = tcp("127.0.0.1", "127.0.0.1", 8080)});
  EXPECT_EQ(own.verdict.outcome, FlowOutcome::kWorks);
  EXPECT_EQ(own.legs[0].path.last.packet.source, ip("172.18.0.1"));
  EXPECT_EQ(from(host, "docker_gwbridge", "172.18.0.3", "172.18.0.4"), FlowOutcome::kDropped);
}

// As in a container's own network namespace.
TEST(DockerChains, DockersResolverIsAskedAtPort53AndAnswersFromThere) {
  HostForTests made = host_with("docker-28");
  made.listener(kUdp, "127.0.0.11", 46079, "dockerd").listener(kTcp, "127.0.0.11", 38531, "dockerd");
  auto host = made.traced();
  for (const auto& question : {udp("127.0.0.1", "127.0.0.11", 53), tcp("127.0.0.1", "127.0.0.11", 53)}) {
    auto flow = trace_flow(host, {.packet = question});
    EXPECT_EQ(flow.verdict.outcome, FlowOutcome::kWorks);
    EXPECT_EQ(flow.verdict.receiver_name, "dockerd");
    EXPECT_EQ(flow.legs[1].path.last.packet.source_port, 53);
  }
}

}  // namespace
}  // namespace pyfw
