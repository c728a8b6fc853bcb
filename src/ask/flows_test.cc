#include "ask/flows.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "trace/host_for_tests.h"
#include "wish/endpoint.h"
#include "wish/wishes_for_tests.h"

namespace pyfw {
namespace {

using testing::ElementsAre;

Located located(const std::string& text) {
  return {.text = text,
          .place = {.source = source_called("it", text), .line = 1, .column = 1, .length = text.size()},
          .is_verbatim = true};
}

Result<std::vector<Flow>> flows(const std::string& from, const std::string& to, const HostState& host,
                                const PacketShape& shape = {}) {
  auto source = parse_endpoints(located(from), EndpointRole::kSource);
  auto destination = parse_endpoints(located(to), EndpointRole::kDestination);
  EXPECT_TRUE(source && destination) << told(source) << told(destination);
  return flows_between(*source, *destination, Scene(host), shape);
}

// "IN: FROM to TO", with "-" for a process of the host.
std::vector<std::string> told_flows(const std::string& from, const std::string& to, const HostState& host) {
  auto found = flows(from, to, host);
  if (!found) return {told(found)};
  std::vector<std::string> out;
  for (const auto& flow : *found)
    out.push_back((flow.is_local() ? "-" : flow.in_interface) + ": " + flow.packet.source.to_string() +
                  " to " + flow.packet.destination.to_string() + ":" +
                  std::to_string(flow.packet.destination_port));
  return out;
}

HostState docker_host() {
  HostForTests host;
  host.with_docker();
  host.sets(
      "create known hash:ip family inet\nadd known 192.0.2.7\nadd known 10.1.0.7\n"
      "create nets hash:net family inet\nadd nets 10.0.0.0/8\n"
      "create empty hash:ip family inet\n");
  return host.state();
}

TEST(FlowsBetween, SourceComesInByTheWayBackToIt) {
  EXPECT_THAT(told_flows("192.0.2.7", "192.0.2.1:22", docker_host()),
              ElementsAre("eth0: 192.0.2.7 to 192.0.2.1:22"));
  EXPECT_THAT(told_flows("10.1.0.7", "192.0.2.1:22", docker_host()),
              ElementsAre("eth1: 10.1.0.7 to 192.0.2.1:22"));
  EXPECT_THAT(told_flows("10.1.0.7@eth0", "192.0.2.1:22", docker_host()),
              ElementsAre("eth0: 10.1.0.7 to 192.0.2.1:22"));
}

TEST(FlowsBetween, OwnAddressesAndTheHostAreProcessesOfIt) {
  EXPECT_THAT(told_flows("192.0.2.1", "192.0.2.1:22", docker_host()),
              ElementsAre("-: 192.0.2.1 to 192.0.2.1:22"));
  EXPECT_THAT(told_flows("host", "192.0.2.9:22", docker_host()), ElementsAre("-: 192.0.2.1 to 192.0.2.9:22"));
  EXPECT_THAT(told_flows("host", "172.17.0.2:80", docker_host()),
              ElementsAre("-: 172.17.0.1 to 172.17.0.2:80"));
}

TEST(FlowsBetween, HostAsDestinationIsEachOfItsAddressesThatCanBeReached) {
  EXPECT_THAT(told_flows("192.0.2.7", "host:22", docker_host()),
              ElementsAre("eth0: 192.0.2.7 to 192.0.2.1:22", "eth0: 192.0.2.7 to 10.1.0.1:22",
                          "eth0: 192.0.2.7 to 172.17.0.1:22"));
  auto local = told_flows("host", "host:22", docker_host());
  EXPECT_THAT(local, testing::Contains("-: 127.0.0.1 to 127.0.0.1:22"));
  EXPECT_THAT(local, testing::Contains("-: ::1 to ::1:22"));
}

TEST(FlowsBetween, ContainersComeInByTheirBridgeOrItsPort) {
  auto found = flows("container:a", "container:b:80", docker_host());
  ASSERT_TRUE(found) << told(found);
  ASSERT_EQ(found->size(), 1U);
  EXPECT_EQ(found->front().in_interface, "veth2");
  EXPECT_EQ(found->front().container, "a");
  EXPECT_EQ(title_of(found->front()), "container a (172.17.0.2) to container b (172.17.0.3):80/tcp");
}

TEST(FlowsBetween, ContainerSendsFromTheNetworkOfItsDestinationElseByItsGateway) {
  HostForTests host;
  host.with_docker();
  auto& docker = *host.facts().docker;
  docker.networks.push_back({.name = "inner",
                             .driver = "bridge",
                             .bridge = "br-inner",
                             .subnets = {*Prefix::parse("172.19.0.0/16")},
                             .is_internal = true});
  docker.containers[0].addresses.push_back({.network = "inner", .ip = ip("172.19.0.2"), .length = 16});
  EXPECT_THAT(told_flows("container:a", "192.0.2.9:443", host.state()),
              ElementsAre("docker0: 172.17.0.2 to 192.0.2.9:443"));
  EXPECT_THAT(told_flows("container:a", "172.19.0.3:443", host.state()),
              ElementsAre("br-inner: 172.19.0.2 to 172.19.0.3:443"));
}

TEST(FlowsBetween, WhatAContainerSendsToItselfTheHostNeverSees) {
  for (const char* to : {"127.0.0.11:53/udp", "172.17.0.2:80", "container:a:80"})
    EXPECT_THAT(
        told_flows("container:a", to, docker_host()),
        ElementsAre(
            "it:1:1: that is container a itself, in whose network namespace it stays | ask there, with "
            "the source 'host': --netns container:a"))
        << to;
  // In another namespace the same address is another thing.
  EXPECT_THAT(told_flows("container:b", "172.17.0.2:80", docker_host()),
              ElementsAre("veth3: 172.17.0.3 to 172.17.0.2:80"));
}

TEST(FlowsBetween, ContainersOfANetworkAreAskedAboutTheOthers) {
  EXPECT_THAT(told_flows("network:bridge", "network:bridge:80", docker_host()),
              ElementsAre("veth3: 172.17.0.3 to 172.17.0.2:80", "veth2: 172.17.0.2 to 172.17.0.3:80"));
}

TEST(FlowsBetween, NetworkIsEachContainerInIt) {
  EXPECT_THAT(told_flows("192.0.2.7", "network:bridge:80", docker_host()),
              ElementsAre("eth0: 192.0.2.7 to 172.17.0.2:80", "eth0: 192.0.2.7 to 172.17.0.3:80"));
}

TEST(FlowsBetween, ContainerWithHostNetworkingIsAProcessOfTheHost) {
  HostForTests host;
  host.with_docker();
  host.facts().docker->containers.push_back({.name = "monitor", .pid = 7, .network_mode = "host"});
  host.facts().docker->containers.push_back(
      {.name = "side", .pid = 8, .network_mode = "container:abc", .in_network_of = "a"});
  EXPECT_THAT(told_flows("container:monitor", "192.0.2.9:22", host.state()),
              ElementsAre("-: 192.0.2.1 to 192.0.2.9:22"));
  EXPECT_THAT(told_flows("192.0.2.7", "container:side:80", host.state()),
              ElementsAre("eth0: 192.0.2.7 to 172.17.0.2:80"));
}

TEST(FlowsBetween, SetIsEachOfItsMembersWhereTheyAreSingleAddresses) {
  EXPECT_THAT(told_flows("set:known", "192.0.2.1:22", docker_host()),
              ElementsAre("eth0: 192.0.2.7 to 192.0.2.1:22", "eth1: 10.1.0.7 to 192.0.2.1:22"));
  EXPECT_THAT(
      told_flows("set:nets", "192.0.2.1:22", docker_host()),
      ElementsAre("it:1:5: set 'nets' holds '10.0.0.0/8', which is no single address | name addresses, "
                  "or a set of the type hash:ip"));
  EXPECT_THAT(told_flows("set:empty", "192.0.2.1:22", docker_host()),
              ElementsAre("it:1:5: set 'empty' has no members | "));
}

TEST(FlowsBetween, PortsOfARangeAreAskedOneByOne) {
  EXPECT_THAT(told_flows("192.0.2.7", "192.0.2.1:22-24", docker_host()),
              ElementsAre("eth0: 192.0.2.7 to 192.0.2.1:22", "eth0: 192.0.2.7 to 192.0.2.1:23",
                          "eth0: 192.0.2.7 to 192.0.2.1:24"));
}

TEST(FlowsBetween, MisspeltNamesAreErrorsThatKnowWhatWasMeant) {
  EXPECT_THAT(told_flows("set:knwon", "192.0.2.1:22", docker_host()),
              ElementsAre("it:1:5: no set is called 'knwon' | did you mean 'known'?"));
  EXPECT_THAT(told_flows("network:brigde", "192.0.2.1:22", docker_host()),
              ElementsAre("it:1:9: no network is called 'brigde' | did you mean 'bridge'?"));
  EXPECT_THAT(told_flows("192.0.2.7@eht0", "192.0.2.1:22", docker_host()),
              ElementsAre("it:1:11: no interface is called 'eht0' | did you mean 'eth0'?"));
  EXPECT_THAT(told_flows("container:a", "192.0.2.1:22", HostForTests().state()),
              ElementsAre(testing::StartsWith("it:1:1: nothing is known of Docker here | ")));
}

TEST(FlowsBetween, WhatStandsForEveryoneIsNotAnswered) {
  for (const char* from : {"any", "10.0.0.0/8"})
    EXPECT_THAT(told_flows(from, "192.0.2.1:22", docker_host()),
                ElementsAre(testing::HasSubstr("stands for more addresses than can be asked one by one")))
        << from;
  EXPECT_THAT(told_flows("not 192.0.2.7", "192.0.2.1:22", docker_host()),
              ElementsAre(testing::HasSubstr("'all but' stands for more packets")));
}

TEST(FlowsBetween, NetworksOfOtherDriversAreNamedAsNotEvaluated) {
  HostForTests host;
  host.with_docker();
  host.facts().docker->networks[0].driver = "macvlan";
  EXPECT_THAT(
      told_flows("192.0.2.7", "container:a:80", host.state()),
      ElementsAre("it:1:1: network 'bridge' is of the driver macvlan, whose traffic is not evaluated | "));
}

TEST(FlowsBetween, PacketsAreWhatTheirShapeSays) {
  auto ping = flows("192.0.2.7", "192.0.2.1/icmp", docker_host());
  ASSERT_TRUE(ping) << told(ping);
  EXPECT_EQ(ping->front().packet.icmp_type, 8);
  auto odd =
      flows("192.0.2.7", "192.0.2.1/icmp", docker_host(),
            {.icmp_type = 0, .icmp_code = 1, .is_icmp_given = true, .mark = 7, .state = CtState::kRelated});
  ASSERT_TRUE(odd) << told(odd);
  auto arrival = arrival_of(odd->front());
  EXPECT_EQ(arrival.packet.icmp_type, 0);
  EXPECT_EQ(arrival.packet.icmp_code, 1);
  EXPECT_EQ(arrival.mark, 7U);
  EXPECT_EQ(arrival.state, CtState::kRelated);
  auto from_port = flows("192.0.2.7:1234", "192.0.2.1:22", docker_host());
  ASSERT_TRUE(from_port) << told(from_port);
  EXPECT_EQ(from_port->front().packet.source_port, 1234);
  EXPECT_EQ(from_port->front().packet.tcp_flags, kSyn);
}

}  // namespace
}  // namespace pyfw
