#include "ext/set_index.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "ext/encounters_for_tests.h"

namespace pyfw {
namespace {

constexpr auto kYes = Answer::kYes;
constexpr auto kNo = Answer::kNo;
constexpr auto kDepends = Answer::kDepends;

// Asks `-m set --match-set s SIDES`.
Answer ask(const Set& set, const char* sides, const Encounter& encounter) {
  SurroundingsForTests host;
  auto named = set;
  named.name = "s";
  host.index = SetIndex(Sets{named});
  return answer_of_rule(std::string("-m set --match-set s ") + sides, encounter, host);
}

Set set_of(const char* type, std::vector<std::string> members, const char* header = "family inet") {
  return {.name = "s", .type = type, .header = header, .members = std::move(members)};
}

Encounter from(const char* source, Encounter encounter = web_request()) {
  encounter.packet.source = ip(source);
  return encounter;
}

TEST(SetIndex, HashIp) {
  auto set = set_of("hash:ip", {"192.0.2.1", "192.0.2.9 timeout 30 comment \"a nomatch b\""});
  EXPECT_EQ(ask(set, "src", web_request()), kYes);
  EXPECT_EQ(ask(set, "dst", web_request()), kNo);
  EXPECT_EQ(ask(set, "src,dst", web_request()), kYes);  // further sides are not looked at
  EXPECT_EQ(ask(set, "src", from("192.0.2.9")), kYes);
}

// Of two states of a host: one set stays, and one of the same name has another member.
TEST(SetIndex, BesideAnotherOnlyWhatIsTheSameIsShared) {
  auto kept = set_of("hash:ip", {"192.0.2.1"});
  auto changed = kept;
  changed.name = "other";
  Sets before = {changed, kept};
  SetIndex of_before(before);
  changed.members = {"192.0.2.9"};
  Sets after = {kept, changed};
  SetIndex index(after, before, of_before);
  auto has = [&](const char* name, const char* source) {
    return index.test({.name = name, .dimensions = 1, .sources = 1}, from(source));
  };
  EXPECT_EQ(has("s", "192.0.2.1"), kYes);
  EXPECT_EQ(has("s", "192.0.2.9"), kNo);
  EXPECT_EQ(has("other", "192.0.2.1"), kNo);
  EXPECT_EQ(has("other", "192.0.2.9"), kYes);
}

TEST(SetIndex, ASetOfTheOtherFamilyHasNoMembers) {
  auto set = set_of("hash:ip", {"2001:db8::1"}, "family inet6");
  EXPECT_EQ(ask(set, "src", web_request6()), kYes);
  EXPECT_EQ(ask(set, "dst", web_request6()), kNo);
  EXPECT_EQ(ask(set, "src", web_request()), kNo);
  EXPECT_EQ(ask(set_of("bitmap:ip", {"192.0.2.1"}, "range 192.0.2.0-192.0.2.255"), "src", web_request6()),
            kNo);
}

TEST(SetIndex, MasksOfHashIp) {
  auto netmask = set_of("hash:ip", {"192.0.2.0"}, "family inet netmask 24");
  EXPECT_EQ(ask(netmask, "src", from("192.0.2.77")), kYes);
  EXPECT_EQ(ask(netmask, "src", from("192.0.3.77")), kNo);
  auto bitmask = set_of("hash:ip", {"192.0.0.3"}, "family inet bitmask 255.255.0.255");
  EXPECT_EQ(ask(bitmask, "src", from("192.0.77.3")), kYes);
  EXPECT_EQ(ask(bitmask, "src", from("192.0.77.4")), kNo);
  EXPECT_EQ(ask(set_of("hash:ip", {"2001:db8::"}, "family inet6 netmask 64"), "src", web_request6()), kYes);
}

TEST(SetIndex, TheLongestPrefixOfHashNetDecides) {
  auto set = set_of("hash:net", {"10.0.0.0/8", "10.1.0.0/16 nomatch", "10.1.2.0/24", "10.1.2.3 nomatch"});
  EXPECT_EQ(ask(set, "src", from("10.9.9.9")), kYes);
  EXPECT_EQ(ask(set, "src", from("10.1.9.9")), kNo);
  EXPECT_EQ(ask(set, "src", from("10.1.2.9")), kYes);
  EXPECT_EQ(ask(set, "src", from("10.1.2.3")), kNo);
  EXPECT_EQ(ask(set, "src", from("11.0.0.1")), kNo);
  EXPECT_EQ(ask(set_of("hash:net", {"2001:db8::/32"}, "family inet6"), "src", web_request6()), kYes);
}

TEST(SetIndex, ReturnNomatchAsksForTheExceptions) {
  auto set = set_of("hash:net", {"10.0.0.0/8", "10.1.0.0/16 nomatch"});
  EXPECT_EQ(ask(set, "src --return-nomatch", from("10.9.9.9")), kNo);
  EXPECT_EQ(ask(set, "src --return-nomatch", from("10.1.9.9")), kYes);
  EXPECT_EQ(ask(set, "src --return-nomatch", from("11.0.0.1")), kNo);
  EXPECT_EQ(ask(set_of("hash:ip", {"10.0.0.1"}), "src --return-nomatch", from("10.0.0.1")), kYes);
}

TEST(SetIndex, HashNetNet) {
  auto set = set_of("hash:net,net", {"192.0.0.0/16,192.0.0.0/16", "192.0.2.0/24,192.0.2.2 nomatch"});
  EXPECT_EQ(ask(set, "src,dst", web_request()), kNo);
  EXPECT_EQ(ask(set, "src,src", web_request()), kYes);
  EXPECT_EQ(ask(set, "src,dst", from("192.0.3.1")), kYes);
  EXPECT_EQ(ask(set, "src,dst", from("10.0.0.1")), kNo);
}

TEST(SetIndex, TooFewSidesMatchNothing) {
  auto set = set_of("hash:ip,port", {"192.0.2.1,tcp:80"});
  EXPECT_EQ(ask(set, "src", web_request()), kNo);
  EXPECT_EQ(ask(set, "src,dst", web_request()), kYes);
}

TEST(SetIndex, Ports) {
  auto set = set_of("hash:ip,port", {"192.0.2.1,tcp:80", "192.0.2.1,icmp:echo-request", "192.0.2.1,icmp:3/4",
                                     "192.0.2.1,vrrp:0", "192.0.2.1,dccp:0"});
  EXPECT_EQ(ask(set, "src,dst", web_request()), kYes);
  EXPECT_EQ(ask(set, "src,src", web_request()), kNo);
  auto other = web_request();
  other.packet.protocol = kUdp;
  EXPECT_EQ(ask(set, "src,dst", other), kNo);
  other.packet.protocol = kIcmp;
  other.packet.icmp_type = 8;
  EXPECT_EQ(ask(set, "src,dst", other), kYes);
  other.packet.icmp_code = 1;
  EXPECT_EQ(ask(set, "src,dst", other), kNo);
  other.packet.icmp_type = 3;
  other.packet.icmp_code = 4;
  EXPECT_EQ(ask(set, "src,src", other), kYes);
  other.packet.protocol = 112;
  EXPECT_EQ(ask(set, "src,dst", other), kYes);
  other.packet.protocol = kDccp;  // whose ports the kernel does not look at here
  EXPECT_EQ(ask(set, "src,dst", other), kYes);
}

TEST(SetIndex, AFragmentHasNoPort) {
  auto set = set_of("hash:ip,port", {"192.0.2.1,tcp:80", "192.0.2.1,vrrp:0"});
  auto fragment = web_request();
  fragment.packet.is_fragment = true;
  EXPECT_EQ(ask(set, "src,dst", fragment), kNo);
  fragment.packet.protocol = 112;
  EXPECT_EQ(ask(set, "src,dst", fragment), kYes);
}

TEST(SetIndex, ThreeParts) {
  EXPECT_EQ(ask(set_of("hash:ip,port,ip", {"192.0.2.1,tcp:80,192.0.2.2"}), "src,dst,dst", web_request()),
            kYes);
  EXPECT_EQ(ask(set_of("hash:ip,port,ip", {"192.0.2.1,tcp:80,192.0.2.2"}), "src,dst,src", web_request()),
            kNo);
  auto net =
      set_of("hash:ip,port,net", {"192.0.2.1,tcp:80,192.0.0.0/16", "192.0.2.1,tcp:80,192.0.2.2 nomatch"});
  EXPECT_EQ(ask(net, "src,dst,src", web_request()), kYes);
  EXPECT_EQ(ask(net, "src,dst,dst", web_request()), kNo);
  auto nets = set_of("hash:net,port,net", {"192.0.2.0/24,tcp:80,192.0.2.2"});
  EXPECT_EQ(ask(nets, "src,dst,dst", web_request()), kYes);
  EXPECT_EQ(ask(nets, "dst,dst,src", web_request()), kNo);
  EXPECT_EQ(ask(set_of("hash:net,port", {"192.0.0.0/16,tcp:80"}), "dst,dst", web_request()), kYes);
}

TEST(SetIndex, Interfaces) {
  auto set = set_of("hash:net,iface", {"192.0.0.0/16,eth0", "192.0.2.0/24,eth1", "10.0.0.0/8,eth wildcard",
                                       "10.1.0.0/16,eth0 nomatch", "0.0.0.0/0,wlan0"});
  // The longest prefix that is there at all decides: 192.0.2.0/24 is, but not with eth0.
  EXPECT_EQ(ask(set, "src,src", from("192.0.2.1")), kNo);
  EXPECT_EQ(ask(set, "src,src", from("192.0.3.1")), kYes);
  EXPECT_EQ(ask(set, "src,dst", from("192.0.3.1")), kNo);
  EXPECT_EQ(ask(set, "src,src", from("10.9.9.9")), kYes);
  EXPECT_EQ(ask(set, "src,src", from("10.1.9.9")), kNo);
  auto by_wlan = from("11.1.1.1");
  by_wlan.in_interface = "wlan0";
  EXPECT_EQ(ask(set, "src,src", by_wlan), kYes);
}

TEST(SetIndex, Marks) {
  auto set = set_of("hash:ip,mark", {"192.0.2.1,0x00000063"}, "family inet markmask 0x0000ffff");
  auto packet = web_request();
  EXPECT_EQ(ask(set, "src,src", packet), kNo);
  packet.mark = 0x10063;
  EXPECT_EQ(ask(set, "src,src", packet), kYes);
}

TEST(SetIndex, Macs) {
  auto macs = set_of("hash:mac", {"02:02:02:02:02:02"}, "");
  auto pairs = set_of("hash:ip,mac", {"192.0.2.1,02:02:02:02:02:02"});
  auto packet = web_request();
  EXPECT_EQ(ask(macs, "src", packet), kDepends);
  EXPECT_EQ(ask(pairs, "src,src", packet), kDepends);
  EXPECT_EQ(ask(pairs, "src,src", from("192.0.2.9")), kNo);
  packet.packet.source_mac = Mac{2, 2, 2, 2, 2, 2};
  EXPECT_EQ(ask(macs, "src", packet), kYes);
  EXPECT_EQ(ask(pairs, "src,src", packet), kYes);
  EXPECT_EQ(ask(pairs, "src,dst", packet), kDepends);  // the MAC of its destination
  packet.packet.source_mac = Mac{2, 2, 2, 2, 2, 3};
  EXPECT_EQ(ask(macs, "src", packet), kNo);
  EXPECT_EQ(ask(pairs, "src,src", packet), kNo);
  packet.hook = Hook::kOutput;
  EXPECT_EQ(ask(macs, "src", packet), kNo);
}

TEST(SetIndex, Bitmaps) {
  EXPECT_EQ(ask(set_of("bitmap:ip", {"192.0.2.1"}, "range 192.0.2.0-192.0.2.255"), "src", web_request()),
            kYes);
  EXPECT_EQ(ask(set_of("bitmap:ip", {"192.0.2.0"}, "range 192.0.0.0-192.0.255.255 netmask 24"), "src",
                web_request()),
            kYes);
  auto ports = set_of("bitmap:port", {"80", "443"}, "range 0-1024");
  EXPECT_EQ(ask(ports, "dst", web_request()), kYes);
  EXPECT_EQ(ask(ports, "src", web_request()), kNo);
  EXPECT_EQ(ask(ports, "dst", web_request6()), kYes);
  auto sctp = web_request();
  sctp.packet.protocol = kSctp;
  EXPECT_EQ(ask(ports, "dst", sctp), kNo);
}

TEST(SetIndex, ABitmapsMemberWithoutMacTakesAny) {
  auto set = set_of("bitmap:ip,mac", {"192.0.2.1", "192.0.2.3,02:02:02:02:02:02"}, "range 192.0.2.0/24");
  auto packet = web_request();
  EXPECT_EQ(ask(set, "src,src", packet), kYes);
  packet.packet.source_mac = Mac{2, 2, 2, 2, 2, 3};
  EXPECT_EQ(ask(set, "src,src", packet), kYes);
  EXPECT_EQ(ask(set, "src,src", from("192.0.2.3", packet)), kNo);
  packet.packet.source_mac = Mac{2, 2, 2, 2, 2, 2};
  EXPECT_EQ(ask(set, "src,src", from("192.0.2.3", packet)), kYes);
  EXPECT_EQ(ask(set, "src,src", from("192.0.2.4", packet)), kNo);
}

TEST(SetIndex, AListIsAskedSetBySet) {
  SurroundingsForTests host;
  host.index = SetIndex(Sets{
      {.name = "all", .type = "list:set", .members = {"nets", "pairs", "six"}},
      {.name = "nets", .type = "hash:net", .members = {"10.0.0.0/8", "10.1.0.0/16 nomatch"}},
      {.name = "pairs", .type = "hash:ip,port", .members = {"192.0.2.1,tcp:80"}},
      {.name = "six", .type = "hash:ip", .header = "family inet6", .members = {"2001:db8::1"}},
      {.name = "broken", .type = "list:set", .members = {"six", "missing"}},
  });
  expect_answers(web_request(),
                 {{"-m set --match-set all src", kNo},  // "pairs" wants two sides
                  {"-m set --match-set all src,dst", kYes},
                  {"-m set --match-set broken src", kDepends}},
                 host);
  expect_answers(web_request6(),
                 {{"-m set --match-set all src", kYes}, {"-m set --match-set broken src", kYes}}, host);
  expect_answers(from("10.9.0.1"), {{"-m set --match-set all src", kYes}}, host);
  expect_answers(from("10.1.0.1"),
                 {{"-m set --match-set all src", kNo}, {"-m set --match-set all src --return-nomatch", kYes}},
                 host);
}

TEST(SetIndex, AMemberOrTypeThatNobodyKnowsIsNeverGuessed) {
  auto set = set_of("hash:ip", {"192.0.2.1", "somewhere.example"});
  EXPECT_EQ(ask(set, "src", web_request()), kYes);
  EXPECT_EQ(ask(set, "dst", web_request()), kDepends);
  EXPECT_EQ(ask(set_of("hash:planet", {"earth"}), "src", web_request()), kDepends);
}

TEST(SetIndex, SetsOf65000Members) {
  Set ips = set_of("hash:ip", {});
  Set nets = set_of("hash:net", {});
  for (unsigned i = 0; i < 65000; ++i) {
    ips.members.push_back(fmt::format("10.{}.{}.1", i / 256, i % 256));
    nets.members.push_back(fmt::format("10.{}.{}.0/24{}", i / 256, i % 256, i % 2 == 0 ? "" : " nomatch"));
  }
  SetIndex index(Sets{{.name = "ips", .type = ips.type, .members = ips.members},
                      {.name = "nets", .type = nets.type, .members = nets.members}});
  for (unsigned i = 0; i < 65000; i += 7) {
    auto packet = from(fmt::format("10.{}.{}.1", i / 256, i % 256).c_str());
    ASSERT_EQ(index.test({.name = "ips", .sources = 1}, packet), kYes) << i;
    ASSERT_EQ(index.test({.name = "ips", .sources = 0}, packet), kNo) << i;
    ASSERT_EQ(index.test({.name = "nets", .sources = 1}, packet), i % 2 == 0 ? kYes : kNo) << i;
  }
  EXPECT_EQ(index.test({.name = "ips", .sources = 1}, from("10.254.0.1")), kNo);
}

}  // namespace
}  // namespace pyfw
