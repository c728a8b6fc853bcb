#include "prove/asked_set.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

#include "ext/encounters_for_tests.h"
#include "prove/packet_space.h"

namespace pyfw {
namespace {

int coin(int sides) { return *rc::gen::inRange(0, sides); }

struct Kind {
  const char* type;
  const char* header;
  bool is_net;
  bool is_ipv6;
};
constexpr std::array kKinds = {
    Kind{"hash:ip", "family inet hashsize 1024 maxelem 65536", false, false},
    Kind{"hash:ip", "family inet6 hashsize 1024 maxelem 65536", false, true},
    Kind{"hash:ip", "family inet hashsize 1024 maxelem 65536 netmask 30", false, false},
    Kind{"hash:net", "family inet hashsize 1024 maxelem 65536", true, false},
    Kind{"hash:net", "family inet6 hashsize 1024 maxelem 65536", true, true},
    Kind{"bitmap:ip", "range 10.0.0.0-10.0.0.255", false, false},
};

Set some_set() {
  const auto& kind = kKinds[static_cast<std::size_t>(coin(6))];
  Set set{.name = "a", .type = kind.type, .header = kind.header};
  for (int i = coin(6); i > 0; --i) {
    auto member = kind.is_ipv6 ? fmt::format("2001:db8::{}", coin(12)) : fmt::format("10.0.0.{}", coin(12));
    if (coin(8) == 0 && kind.type != std::string("bitmap:ip")) member = kind.is_ipv6 ? "::" : "0.0.0.0";
    if (kind.is_net && coin(2) == 0) member += fmt::format("/{}", (kind.is_ipv6 ? 124 : 28) + coin(5));
    if (kind.is_net && coin(4) == 0) member += " nomatch";
    set.members.push_back(member);
  }
  return set;
}

RC_GTEST_PROP(AddressesIn, ASetAreThoseThatTheTracerFindsInIt, ()) {
  auto set = some_set();
  bool return_nomatch = coin(4) == 0;
  auto spans = addresses_in(set, return_nomatch);
  RC_ASSERT(spans.has_value());
  SetIndex index(std::span(&set, 1));
  bool is_ipv6 = set.header.find("inet6") != std::string::npos;
  auto encounter = is_ipv6 ? web_request6() : web_request();
  for (int i = -1; i < 20; ++i) {
    auto address = is_ipv6 ? fmt::format("2001:db8::{}", i) : fmt::format("10.0.0.{}", i);
    if (i < 0) address = is_ipv6 ? "::" : "0.0.0.0";
    encounter.packet.source = ip(address.c_str());
    auto point = point_of(encounter.packet.source);
    bool is_in = std::ranges::any_of(
        *spans, [&](const PointSpan& span) { return span.first <= point && point <= span.last; });
    RC_ASSERT(index.test({.name = "a", .return_nomatch = return_nomatch, .dimensions = 1, .sources = 1},
                         encounter) == answer_of(is_in));
  }
}

TEST(AddressesIn, WhatCantBeReadOffItIsNone) {
  EXPECT_FALSE(addresses_in({.name = "a", .type = "hash:ip,port", .header = "family inet"}));
  EXPECT_FALSE(addresses_in({.name = "a", .type = "list:set"}));
  EXPECT_FALSE(
      addresses_in({.name = "a", .type = "hash:ip", .header = "family inet", .members = {"garbage"}}));
  EXPECT_FALSE(addresses_in({.name = "a", .type = "hash:ip", .header = "family inet bitmask 255.0.255.0"}));
}

TEST(AddressesIn, TheWholeOfIpv4AndItsEnds) {
  Set set{
      .name = "a", .type = "hash:net", .header = "family inet", .members = {"0.0.0.0/1", "255.255.255.255"}};
  auto spans = addresses_in(set);
  ASSERT_TRUE(spans);
  auto has = [&](std::uint64_t value) {
    return std::ranges::any_of(
        *spans, [&](const auto& span) { return span.first.low <= value && value <= span.last.low; });
  };
  EXPECT_TRUE(has(0) && has(1) && has(0x7fffffff) && has(0xffffffff));
  EXPECT_FALSE(has(0x80000000) || has(0xfffffffe));
}

}  // namespace
}  // namespace pyfw
