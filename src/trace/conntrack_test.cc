#include "trace/conntrack.h"

#include <gtest/gtest.h>

#include "trace/host_for_tests.h"
#include "trace/rules_for_tests.h"

namespace pyfw {
namespace {

TEST(StateOfFirst, NeighbourDiscoveryIsUntracked) {
  auto packet = ping("2001:db8::9", "2001:db8::1");
  EXPECT_EQ(state_of_first(packet), CtState::kNew);
  for (int type : {133, 134, 135, 136, 143}) {
    packet.icmp_type = static_cast<std::uint8_t>(type);
    EXPECT_EQ(state_of_first(packet), CtState::kUntracked);
  }
  packet.icmp_type = 129;
  EXPECT_EQ(state_of_first(packet), CtState::kInvalid);
}

TEST(StateOfFirst, OtherProtocolsBeginAConnectionWithAnyPacket) {
  auto packet = udp("203.0.113.9", "192.0.2.1", 53);
  for (auto protocol : {kUdp, kGre, kEsp, kSctp}) {
    packet.protocol = protocol;
    EXPECT_EQ(state_of_first(packet), CtState::kNew);
  }
}

TEST(Track, AnIcmpErrorWithoutItsConnectionIsInvalid) {
  auto host = HostForTests().rules(only_state("INVALID")).traced();
  auto packet = ping("203.0.113.9", "192.0.2.1");
  packet.icmp_type = 3;
  EXPECT_EQ(trace_packet(host, {.packet = packet, .in_interface = "eth0"}).last.state, CtState::kInvalid);
}

TEST(Track, TheEchoReplyIsTheAnswerAndAnotherRequestIsNot) {
  auto host = HostForTests().rules(only_state("NEW")).traced();
  auto first = trace_packet(host, {.packet = ping("203.0.113.9", "192.0.2.1"), .in_interface = "eth0"});
  std::vector<Connection> known = {*entry_of(first)};
  auto back = ping("192.0.2.1", "203.0.113.9");
  EXPECT_EQ(trace_packet(host, {.packet = back, .connections = known}).last.state, CtState::kNew);
  back.icmp_type = 0;
  EXPECT_EQ(trace_packet(host, {.packet = back, .connections = known}).last.state, CtState::kEstablished);
}

TEST(Track, InRawNothingIsTrackedYetButByLoItIs) {
  auto host = HostForTests()
                  .rules(
                      "*raw\n:PREROUTING ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n"
                      "-A PREROUTING -m conntrack --ctstate INVALID -j LOG\n"
                      "-A PREROUTING -m conntrack --ctstate NEW -j LOG\n"
                      "-A OUTPUT -m conntrack --ctstate INVALID -j LOG\nCOMMIT\n")
                  .traced();
  auto outside = trace_packet(host, {.packet = tcp("203.0.113.9", "192.0.2.1", 80), .in_interface = "eth0"});
  EXPECT_EQ(way_of(host, outside), "raw PREROUTING 1, raw PREROUTING policy");
  auto own = trace_packet(host, {.packet = tcp("127.0.0.1", "127.0.0.1", 80)});
  EXPECT_EQ(way_of(host, own), "raw OUTPUT 1, raw OUTPUT policy, raw PREROUTING 2, raw PREROUTING policy");
}

TEST(Track, TheMarkOfAConnectionComesBackWithItsPackets) {
  auto host = HostForTests()
                  .rules(
                      "*mangle\n:PREROUTING ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n"
                      "-A PREROUTING -p tcp -j MARK --set-xmark 0x7/0xffffffff\n"
                      "-A PREROUTING -p tcp -j CONNMARK --save-mark --nfmask 0xffffffff --ctmask 0xffffffff\n"
                      "-A OUTPUT -j CONNMARK --restore-mark --nfmask 0xffffffff --ctmask 0xffffffff\n"
                      "-A OUTPUT -m mark --mark 0x7 -j DROP\nCOMMIT\n")
                  .traced();
  auto in = trace_packet(host, {.packet = tcp("203.0.113.9", "192.0.2.1", 80), .in_interface = "eth0"});
  std::vector<Connection> known = {*entry_of(in)};
  auto back = tcp("192.0.2.1", "203.0.113.9", 40000, kSyn | kAck);
  back.source_port = 80;
  EXPECT_EQ(trace_packet(host, {.packet = back, .connections = known}).ending.kind, EndKind::kDropped);
  EXPECT_EQ(trace_packet(host, {.packet = back}).ending.kind, EndKind::kSent);
}

TEST(Track, CtBeforeNotrackKeepsThePacketTracked) {
  auto host = HostForTests()
                  .rules(
                      "*raw\n:PREROUTING ACCEPT [0:0]\n-A PREROUTING -p tcp -j CT --helper ftp\n"
                      "-A PREROUTING -j CT --notrack\nCOMMIT\n")
                  .traced();
  auto state = [&](const Packet& packet) {
    return trace_packet(host, {.packet = packet, .in_interface = "eth0"}).last.state;
  };
  EXPECT_EQ(state(tcp("203.0.113.9", "192.0.2.1", 21)), CtState::kNew);
  EXPECT_EQ(state(udp("203.0.113.9", "192.0.2.1", 21)), CtState::kUntracked);
}

TEST(Track, AStateThatIsGivenIsTaken) {
  auto host = HostForTests().rules(only_state("RELATED")).traced();
  Arrival arrival{
      .packet = tcp("203.0.113.9", "192.0.2.1", 80), .in_interface = "eth0", .state = CtState::kRelated};
  EXPECT_EQ(trace_packet(host, arrival).ending.kind, EndKind::kDelivered);
  arrival.state = CtState::kUntracked;
  EXPECT_EQ(trace_packet(host, arrival).ending.kind, EndKind::kDropped);
}

}  // namespace
}  // namespace pyfw
