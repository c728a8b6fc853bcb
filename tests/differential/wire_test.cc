#include "wire.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace pyfw::differential {
namespace {

Ip ip(const char* text) { return *Ip::parse(text); }

unsigned sum(std::string_view bytes) {
  unsigned total = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i)
    total += static_cast<unsigned>(static_cast<std::uint8_t>(bytes[i])) << (i % 2 == 0 ? 8U : 0U);
  while (total > 0xffff) total = (total & 0xffffU) + (total >> 16U);
  return total;
}

TEST(Wire, PacketsSayAgainWhatTheyWereMadeOf) {
  const Packet tcp{.source = ip("10.0.0.2"),
                   .destination = ip("10.0.1.2"),
                   .protocol = kTcp,
                   .source_port = 50000,
                   .destination_port = 80,
                   .tcp_flags = kSyn | kAck,
                   .tcp_option_kinds = 1U << 2U,
                   .ttl = 3,
                   .tos = 0x12,
                   .length = 90};
  EXPECT_EQ(packet_of(bytes_of({.packet = tcp})), tcp);
  const Packet udp6{.source = ip("fd00::2"),
                    .destination = ip("fd00:1::2"),
                    .protocol = kUdp,
                    .source_port = 53,
                    .destination_port = 5353,
                    .ttl = 9,
                    .tos = 0xb8};
  EXPECT_EQ(packet_of(bytes_of({.packet = udp6})), udp6);
  const Packet echo6{
      .source = ip("fd00::2"), .destination = ip("fd00:1::2"), .protocol = kIcmp6, .icmp_type = 128};
  EXPECT_EQ(packet_of(bytes_of({.packet = echo6})), echo6);
}

TEST(Wire, EachTcpOptionIsFoundAgainAndNoOtherOne) {
  for (unsigned kinds = 0; kinds < 256; ++kinds) {
    Packet packet{.source = ip("10.0.0.2"), .destination = ip("10.0.1.2"), .length = 100};
    packet.tcp_option_kinds = static_cast<std::uint8_t>(kinds);
    auto found = packet_of(bytes_of({.packet = packet}))->tcp_option_kinds;
    // Kind 1 also pads.
    EXPECT_EQ(found & ~2U, kinds & ~2U);
    EXPECT_EQ(found & kinds & 2U, kinds & 2U);
  }
}

TEST(Wire, ChecksumsOfHeaderAndTransportAreRight) {
  for (auto protocol : {kTcp, kUdp, kUdplite}) {
    auto bytes = bytes_of({.packet = {.source = ip("10.0.0.2"),
                                      .destination = ip("10.0.1.2"),
                                      .protocol = protocol,
                                      .source_port = 1000,
                                      .destination_port = 2000,
                                      .length = 61}});
    EXPECT_EQ(sum(bytes.substr(0, 20)), 0xffffU);
    auto body = bytes.substr(20);
    EXPECT_EQ(sum(bytes.substr(12, 8) + std::string{'\0', static_cast<char>(protocol)} +
                  std::string{'\0', static_cast<char>(body.size())} + body),
              0xffffU)
        << static_cast<int>(protocol);
  }
  auto echo = bytes_of(
      {.packet = {
           .source = ip("10.0.0.2"), .destination = ip("10.0.1.2"), .protocol = kIcmp, .icmp_type = 8}});
  EXPECT_EQ(sum(echo.substr(20)), 0xffffU);
}

TEST(Wire, LaterFragmentHasNoPorts) {
  const Sent sent{.packet = {.source = ip("fd00::2"),
                             .destination = ip("fd00:1::2"),
                             .protocol = kUdp,
                             .is_fragment = true},
                  .fragment_offset = 100};
  auto found = packet_of(bytes_of(sent));
  EXPECT_TRUE(found->is_fragment);
  EXPECT_EQ(found->protocol, kUdp);
  EXPECT_EQ(found->source_port, 0);
}

TEST(Wire, IcmpErrorQuotesThePacketThatItIsAbout) {
  const Packet lost{
      .source = ip("10.0.1.2"), .destination = ip("10.0.0.2"), .source_port = 80, .destination_port = 50000};
  auto bytes = bytes_of(
      {.packet = {.source = ip("10.0.0.2"), .destination = ip("10.0.1.2"), .protocol = kIcmp, .icmp_type = 3},
       .about = lost});
  auto quoted = packet_of(std::string_view(bytes).substr(28));
  EXPECT_EQ(quoted->source, lost.source);
  EXPECT_EQ(quoted->destination_port, 50000);
}

}  // namespace
}  // namespace pyfw::differential
