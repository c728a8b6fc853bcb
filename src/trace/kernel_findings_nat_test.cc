// What random packets through a real kernel have shown of conntrack and NAT (tests/differential).

#include <gtest/gtest.h>

#include <utility>

#include "trace/answers.h"
#include "trace/host_for_tests.h"
#include "trace/rules_for_tests.h"

namespace pyfw {
namespace {

const std::string kTracked = filter("-A INPUT -m conntrack --ctstate INVALID\n");

std::string nat(std::string_view rules) {
  return "*nat\n:PREROUTING ACCEPT [0:0]\n:INPUT ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n:POSTROUTING ACCEPT "
         "[0:0]\n" +
         std::string(rules) + "COMMIT\n";
}

Packet error(std::string_view source, std::string_view destination) {
  return {.source = ip(source), .destination = ip(destination), .protocol = kIcmp, .icmp_type = 3};
}

Packet ping_with(std::uint16_t id, std::string_view source, std::string_view destination) {
  auto packet = ping(source, destination);
  packet.icmp_id = id;
  return packet;
}

TEST(KernelFindingsOfNat, AnErrorBelongsToTheConnectionThatItsQuoteNamesIfItGoesToTheSender) {
  auto host = HostForTests().rules(kTracked).traced();
  auto request = udp("192.0.2.9", "192.0.2.1", 53);
  auto known = entry_of(trace_packet(host, {.packet = request, .in_interface = "eth0"}));
  ASSERT_TRUE(known.has_value());
  auto answer = request;
  std::swap(answer.source, answer.destination);
  std::swap(answer.source_port, answer.destination_port);
  auto about = [&](const Packet& packet, const std::optional<Packet>& quoted) {
    return trace_packet(
               host, {.packet = packet, .in_interface = "eth0", .connections = {&*known, 1}, .about = quoted})
        .last;
  };
  auto of_answer = about(error("192.0.2.9", "192.0.2.1"), answer);
  EXPECT_EQ(of_answer.state, CtState::kRelated);
  ASSERT_TRUE(of_answer.connection.has_value());
  EXPECT_FALSE(of_answer.connection->is_reply);
  EXPECT_EQ(about(error("192.0.2.9", "10.1.0.1"), answer).state, CtState::kInvalid);
  EXPECT_EQ(about(error("192.0.2.9", "192.0.2.1"), request).state, CtState::kInvalid);
  EXPECT_EQ(about(error("192.0.2.9", "192.0.2.1"), {}).state, CtState::kInvalid);
}

TEST(KernelFindingsOfNat, AnErrorAboutAnEchoReplyGoesTheWayOfTheRequest) {
  auto host = HostForTests().rules(nat("-A PREROUTING -p icmp -j REDIRECT\n")).traced();
  auto known =
      entry_of(trace_packet(host, {.packet = ping("10.1.0.9", "192.0.2.9"), .in_interface = "eth1"}));
  ASSERT_TRUE(known.has_value());
  auto reply = ping("192.0.2.9", "10.1.0.9");
  reply.icmp_type = 0;
  auto path = trace_packet(host, {.packet = error("10.1.0.9", "192.0.2.9"),
                                  .in_interface = "eth1",
                                  .connections = {&*known, 1},
                                  .about = reply});
  EXPECT_EQ(path.last.packet.destination, ip("10.1.0.1"));
  EXPECT_EQ(path.ending.kind, EndKind::kDelivered);
}

TEST(KernelFindingsOfNat, AnAcknowledgementBeforeTheAnswerIsInvalid) {
  auto host = HostForTests().rules(kTracked).traced();
  Arrival arrival{.packet = tcp("192.0.2.9", "192.0.2.1", 80), .in_interface = "eth0"};
  auto known = entry_of(trace_packet(host, arrival));
  ASSERT_TRUE(known.has_value());
  arrival.connections = {&*known, 1};
  EXPECT_EQ(trace_packet(host, arrival).last.state, CtState::kNew);
  arrival.packet.tcp_flags = kAck;
  auto early = trace_packet(host, arrival);
  EXPECT_EQ(early.last.state, CtState::kInvalid);
  EXPECT_FALSE(entry_of(early).has_value());
}

TEST(KernelFindingsOfNat, WhetherAPortMayTalkOnToItselfCanNotBeTold) {
  auto host = HostForTests().rules(kTracked).traced();
  auto packet = tcp("192.0.2.1", "192.0.2.1", 40000);
  auto known = entry_of(trace_packet(host, {.packet = packet}));
  ASSERT_TRUE(known.has_value());
  packet.tcp_flags = kSyn | kAck;
  EXPECT_EQ(all_paths(host, {.packet = packet, .connections = {&*known, 1}}).size(), 2);
}

TEST(KernelFindingsOfNat, APortThatTheKernelDrewIsTakenIfItMayBe) {
  auto host = HostForTests().rules(nat("-A POSTROUTING -o eth0 -j MASQUERADE\n")).traced();
  auto from = [&](std::string_view source, std::span<const Connection> known, std::uint16_t drawn) {
    Arrival arrival{.packet = udp(source, "192.0.2.9", 53), .in_interface = "eth1", .connections = known};
    arrival.drawn_ports = {drawn};
    return trace_packet(host, arrival).last.packet.source_port;
  };
  auto first =
      entry_of(trace_packet(host, {.packet = udp("10.1.0.8", "192.0.2.9", 53), .in_interface = "eth1"}));
  ASSERT_TRUE(first.has_value());
  EXPECT_EQ(from("10.1.0.9", {&*first, 1}, 50007), 50007);
  // What is of another rank, and what is taken, the kernel does not draw.
  EXPECT_EQ(from("10.1.0.9", {&*first, 1}, 61), 1024);
  EXPECT_EQ(from("10.1.0.9", {&*first, 1}, 40000), 1024);
  EXPECT_EQ(from("10.1.0.9", {}, 50007), 40000);
}

TEST(KernelFindingsOfNat, ASourceIsTranslatedAsItWasBefore) {
  auto host =
      HostForTests().rules(nat("-A POSTROUTING -j SNAT --to-source 192.0.2.1-192.0.2.200\n")).traced();
  auto to = [&](std::string_view destination, std::span<const Connection> known) {
    return trace_packet(
        host, {.packet = udp("10.1.0.8", destination, 53), .in_interface = "eth1", .connections = known});
  };
  auto first = to("192.0.2.9", {});
  auto known = entry_of(first);
  ASSERT_TRUE(known.has_value());
  EXPECT_NE(to("192.0.2.210", {}).last.packet.source, first.last.packet.source);
  EXPECT_EQ(to("192.0.2.210", {&*known, 1}).last.packet.source, first.last.packet.source);
}

TEST(KernelFindingsOfNat, AMasqueradedConnectionThatWouldLeaveElsewhereIsGivenUp) {
  HostForTests made;
  made.rules(nat("-A POSTROUTING -j MASQUERADE\n"));
  Arrival arrival{.packet = udp("172.17.0.2", "192.0.2.9", 53), .in_interface = "docker0"};
  auto known = entry_of(trace_packet(made.traced(), arrival));
  ASSERT_TRUE(known.has_value());
  arrival.connections = {&*known, 1};
  EXPECT_EQ(trace_packet(made.traced(), arrival).ending.kind, EndKind::kForwarded);
  made.route("192.0.2.9/32", "eth1");
  auto moved = trace_packet(made.traced(), arrival);
  EXPECT_EQ(moved.ending.reason, DropReason::kMasqueradeMoved);
  EXPECT_FALSE(entry_of(moved).has_value());
}

TEST(KernelFindingsOfNat, PingsThatWouldBeOneGetAnotherIdentifierAndCountAsTranslated) {
  auto host = HostForTests().rules(nat("-A INPUT -p icmp -j SNAT --to-source 10.1.0.9\n")).traced();
  auto from = [&](std::string_view source, std::span<const Connection> known) {
    auto packet = ping_with(7, source, "192.0.2.1");
    return trace_packet(host, {.packet = packet, .in_interface = "eth1", .connections = known});
  };
  auto first = entry_of(from("10.1.0.8", {}));
  ASSERT_TRUE(first.has_value());
  EXPECT_FALSE(first->has_dnat);
  auto second = from("10.1.0.9", {&*first, 1}).last;
  ASSERT_TRUE(second.connection.has_value());
  EXPECT_TRUE(second.connection->has_dnat);
  EXPECT_EQ(second.packet.icmp_id, 0);
}

TEST(KernelFindingsOfNat, AnAnswerBelongsToThePingOfItsIdentifier) {
  auto host = HostForTests().rules(kTracked).traced();
  auto request = ping_with(7, "192.0.2.9", "192.0.2.1");
  auto known = entry_of(trace_packet(host, {.packet = request, .in_interface = "eth0"}));
  ASSERT_TRUE(known.has_value());
  auto answer = *answer_to(request);
  auto state = [&] { return trace_packet(host, {.packet = answer, .connections = {&*known, 1}}).last.state; };
  EXPECT_EQ(state(), CtState::kEstablished);
  answer.icmp_id = 8;
  EXPECT_EQ(state(), CtState::kInvalid);
}

TEST(KernelFindingsOfNat, PingsOfOneIdentifierKeepTheSourceAndIdentifierThatTheyGot) {
  auto host = HostForTests()
                  .rules(nat("-A POSTROUTING -o eth0 -j SNAT --to-source 192.0.2.20-192.0.2.29\n"))
                  .traced();
  auto leaves = [&](std::uint16_t id, std::span<const Connection> known) {
    auto packet = ping_with(id, "10.1.0.8", "192.0.2.8");
    return trace_packet(host, {.packet = packet, .in_interface = "eth1", .connections = known});
  };
  auto known =
      entry_of(trace_packet(host, {.packet = ping_with(7, "10.1.0.8", "192.0.2.9"), .in_interface = "eth1"}));
  ASSERT_TRUE(known.has_value());
  // Another than it would get by its address alone.
  auto drawn = leaves(8, {}).last.packet.source;
  known->reply.destination = drawn == ip("192.0.2.27") ? ip("192.0.2.28") : ip("192.0.2.27");
  known->reply.icmp_id = 9;
  auto same = leaves(7, {&*known, 1}).last.packet;
  EXPECT_EQ(same.source, known->reply.destination);
  EXPECT_EQ(same.icmp_id, 9);
  auto other = leaves(8, {&*known, 1}).last.packet;
  EXPECT_EQ(other.source, drawn);
  EXPECT_EQ(other.icmp_id, 8);
}

TEST(KernelFindingsOfNat, ATunnelOfGreIsAssuredOnceMoreComesAfterAnAnswer) {
  auto host = HostForTests().rules(kTracked).traced();
  auto packet = udp("192.0.2.9", "192.0.2.1", 0);
  packet.protocol = kGre;
  Arrival arrival{.packet = packet, .in_interface = "eth0"};
  auto known = entry_of(trace_packet(host, arrival));
  ASSERT_TRUE(known.has_value());
  arrival.connections = {&*known, 1};
  EXPECT_EQ(entry_of(trace_packet(host, arrival))->status & kAssured, 0);
  known->status |= kSeenReply;
  EXPECT_NE(entry_of(trace_packet(host, arrival))->status & kAssured, 0);
}

}  // namespace
}  // namespace pyfw
