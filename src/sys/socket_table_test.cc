#include "sys/socket_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bit>

namespace pyfw {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::string_view kHeader =
    "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n";
constexpr std::string_view kTcp =
    "   0: 00000000:0016 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1001 1 0 100 "
    "0\n"
    "   1: 0A0200C0:0016 077100CB:C4EC 01 00000000:00000000 02:000A4B3E 00000000     0        0 1002 4 0 20 "
    "4\n"
    "   2: 0A0200C0:D431 077100CB:0016 01 00000000:00000000 00:00000000 00000000     0        0 1003 1 0 20 "
    "4\n";
constexpr std::string_view kTcp6 =
    "   0: 00000000000000000000000000000000:0016 00000000000000000000000000000000:0000 0A 00000000:00000000 "
    "00:00000000 00000000     0        0 2001 1 0 100 0 0 10 0\n"
    "   1: B80D0120000000000000000001000000:0016 B80D0120000000000000000002000000:C000 01 00000000:00000000 "
    "00:00000000 00000000     0        0 2002 1 0 20 4 30 10 -1\n"
    "   2: 0000000000000000FFFF00000A0200C0:0016 0000000000000000FFFF0000077100CB:C000 01 00000000:00000000 "
    "00:00000000 00000000     0        0 2003 1 0 20 4 30 10 -1\n";

TcpEnd at(std::string_view ip, std::uint16_t port) { return {.ip = Ip::parse(ip).value(), .port = port}; }

class SocketTable : public testing::Test {
 protected:
  void SetUp() override {
    if (std::endian::native != std::endian::little) GTEST_SKIP() << "the texts are of the other byte order";
  }
};

TEST_F(SocketTable, ReadsIpv4) {
  EXPECT_THAT(
      parse_socket_table(std::string(kHeader) + std::string(kTcp), Family::kIpv4),
      ElementsAre(
          TcpSocket{.local = at("0.0.0.0", 22), .remote = at("0.0.0.0", 0), .state = 10, .inode = 1001},
          TcpSocket{
              .local = at("192.0.2.10", 22), .remote = at("203.0.113.7", 50412), .state = 1, .inode = 1002},
          TcpSocket{
              .local = at("192.0.2.10", 54321), .remote = at("203.0.113.7", 22), .state = 1, .inode = 1003}));
}

TEST_F(SocketTable, AnAddressOfIpv4InIpv6IsOneOfIpv4) {
  auto table = parse_socket_table(kTcp6, Family::kIpv6);
  ASSERT_EQ(table.size(), 3U);
  EXPECT_EQ(to_string(table[1].local), "[2001:db8::1]:22");
  EXPECT_EQ(to_string(table[1].remote), "[2001:db8::2]:49152");
  EXPECT_EQ(to_string(table[2].local), "192.0.2.10:22");
  EXPECT_EQ(to_string(table[2].remote), "203.0.113.7:49152");
}

TEST_F(SocketTable, OnlyASocketThatSomebodyConnectedToIsAccepted) {
  auto table = parse_socket_table(kTcp, Family::kIpv4);
  EXPECT_FALSE(is_accepted(table[0], table));
  EXPECT_TRUE(is_accepted(table[1], table));
  EXPECT_FALSE(is_accepted(table[2], table));  // ours to another host's port 22
  auto table6 = parse_socket_table(kTcp6, Family::kIpv6);
  EXPECT_TRUE(is_accepted(table6[1], table6));
  EXPECT_TRUE(is_accepted(table6[2], table6));
}

TEST_F(SocketTable, AListenerOnAnotherAddressDoesNotMakeAConnectionAccepted) {
  auto table = parse_socket_table(kTcp, Family::kIpv4);
  table[0].local = at("127.0.0.1", 22);
  EXPECT_FALSE(is_accepted(table[1], table));
  table[0].local = at("192.0.2.10", 22);
  EXPECT_TRUE(is_accepted(table[1], table));
}

TEST_F(SocketTable, AConnectionWithBothEndsHereIsWithinTheHost) {
  auto table = parse_socket_table(kTcp, Family::kIpv4);
  EXPECT_FALSE(is_within_host(table[1], table));
  table.push_back({.local = table[1].remote, .remote = table[1].local, .state = 1, .inode = 7});
  EXPECT_TRUE(is_within_host(table[1], table));
  EXPECT_TRUE(is_within_host(table[3], table));
}

TEST_F(SocketTable, WhatIsNoLineIsLeftOut) {
  EXPECT_THAT(parse_socket_table("", Family::kIpv4), IsEmpty());
  EXPECT_THAT(parse_socket_table(kHeader, Family::kIpv4), IsEmpty());
  EXPECT_THAT(parse_socket_table(kTcp6, Family::kIpv4), IsEmpty());
  EXPECT_THAT(parse_socket_table(kTcp, Family::kIpv6), IsEmpty());
  EXPECT_THAT(parse_socket_table("0: X0000000:0016 00000000:0000 0A 0 0 0 0 0 1", Family::kIpv4), IsEmpty());
  EXPECT_THAT(parse_socket_table("0: 00000000:10016 00000000:0000 0A 0 0 0 0 0 1", Family::kIpv4), IsEmpty());
  for (std::size_t size = 0; size < kTcp.size(); ++size)
    EXPECT_LE(parse_socket_table(kTcp.substr(0, size), Family::kIpv4).size(), 3U);
}

TEST(ParseTcpEnd, ReadsWhatToStringWrites) {
  for (const auto& end : {at("192.0.2.1", 22), at("2001:db8::1", 8022)})
    EXPECT_EQ(parse_tcp_end(to_string(end)), end) << to_string(end);
  for (const char* text :
       {"", "192.0.2.1", "192.0.2.1:", "192.0.2.1:70000", "2001:db8::1:22", "[192.0.2.1]:22", "host:22"})
    EXPECT_FALSE(parse_tcp_end(text)) << text;
}

}  // namespace
}  // namespace pyfw
