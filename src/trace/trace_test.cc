#include "trace/trace.h"

#include "trace/host_for_tests.h"

namespace pyfw {
namespace {


TEST(TracePacket, DnatComesBeforeRoutingAndForwardSeesThePortOfTheContainer) {
  auto host = HostForTests().rules(kPublished).traced();
  auto path = trace_packet(host, {.packet = tcp("203.0.113.9", "192.0.2.1", 8000), .in_interface = "eth0"});
  EXPECT_EQ(way_of(host, path),
            "nat PREROUTING 1, nat DOCKER 2, filter FORWARD 1, filter DOCKER 1, nat POSTROUTING policy");
  EXPECT_EQ(path.ending.kind, EndKind::kForwarded);
  EXPECT_EQ(path.ending.interface, "docker0");
  EXPECT_EQ(path.last.packet.destination, ip("172.17.0.2"));
  EXPECT_EQ(path.last.packet.destination_port, 80);
  EXPECT_EQ(path.last.packet.ttl, 63);
}

TEST(TracePacket, NatRulesSeeOnlyTheFirstPacketOfAConnectionAndConntrackTranslatesTheOthers) {
  auto host = HostForTests().rules(kPublished).traced();
  auto first = trace_packet(host, {.packet = tcp("203.0.113.9", "192.0.2.1", 8000), .in_interface = "eth0"});
  auto entry = entry_of(first);
  ASSERT_TRUE(entry);
  auto answer = tcp("172.17.0.2", "203.0.113.9", 40000, kSyn | kAck);
  answer.source_port = 80;
  std::vector<Connection> known = {*entry};
  auto back = trace_packet(host, {.packet = answer, .in_interface = "docker0", .connections = known});
  EXPECT_EQ(way_of(host, back), "filter FORWARD 3");
  EXPECT_EQ(back.last.state, CtState::kEstablished);
  EXPECT_EQ(back.last.packet.source, ip("192.0.2.1"));
  EXPECT_EQ(back.last.packet.source_port, 8000);
  EXPECT_EQ(back.ending.interface, "eth0");
}

}  // namespace
}  // namespace pyfw
