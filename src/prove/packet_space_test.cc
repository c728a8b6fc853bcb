#include "prove/packet_space.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <set>

namespace pyfw {
namespace {

using testing::ElementsAre;

Prefix prefix(const char* ip, std::uint8_t length) { return {.ip = *Ip::parse(ip), .length = length}; }

TEST(Points, AnAddressAndItsPointAreOneAnother) {
  for (const char* text : {"0.0.0.0", "10.1.2.3", "255.255.255.255", "::", "2001:db8::1:2", "ffff::ffff"}) {
    auto ip = *Ip::parse(text);
    EXPECT_EQ(ip_of(ip.family(), point_of(ip)), ip);
  }
  EXPECT_LT(point_of(*Ip::parse("9.255.255.255")), point_of(*Ip::parse("10.0.0.0")));
  EXPECT_LT(point_of(*Ip::parse("2001:db8::ffff:ffff:ffff:ffff")), point_of(*Ip::parse("2001:db8:0:1::")));
}

TEST(Points, APrefixIsFromItsFirstAddressToItsLast) {
  auto ends = [](const Prefix& some) {
    auto span = span_of(some);
    return std::pair(ip_of(some.ip.family(), span.first), ip_of(some.ip.family(), span.last));
  };
  EXPECT_EQ(ends(prefix("10.1.2.3", 8)), std::pair(*Ip::parse("10.0.0.0"), *Ip::parse("10.255.255.255")));
  EXPECT_EQ(ends(prefix("10.1.2.3", 32)), std::pair(*Ip::parse("10.1.2.3"), *Ip::parse("10.1.2.3")));
  EXPECT_EQ(ends(prefix("10.1.2.3", 0)), std::pair(*Ip::parse("0.0.0.0"), *Ip::parse("255.255.255.255")));
  EXPECT_EQ(ends(prefix("2001:db8::1", 33)),
            std::pair(*Ip::parse("2001:db8::"), *Ip::parse("2001:db8:7fff:ffff:ffff:ffff:ffff:ffff")));
  EXPECT_EQ(ends(prefix("::", 0)),
            std::pair(*Ip::parse("::"), *Ip::parse("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff")));
  EXPECT_EQ(ends(prefix("2001:db8::1", 64)),
            std::pair(*Ip::parse("2001:db8::"), *Ip::parse("2001:db8::ffff:ffff:ffff:ffff")));
}

TEST(PacketSpaceOf, RulesAndWhatTheyLeave) {
  PacketSpace space(Family::kIpv4);
  auto lan = space.ask(Field::kSource, {span_of(prefix("10.0.0.0", 8))});
  auto web = space.ask(Field::kDestinationPort, {span_of(80, 80), span_of(443, 443)});
  space.settle();
  auto& bdd = space.bdd();
  auto refused = bdd.without(space.node(web), space.node(lan));
  auto found = space.one_of(refused);
  ASSERT_TRUE(found);
  EXPECT_EQ(
      ip_of(Family::kIpv4, space.classes(Field::kSource).first_of(space.class_of(*found, Field::kSource))),
      *Ip::parse("0.0.0.0"));
  EXPECT_THAT(space.classes_in(refused, Field::kDestinationPort), ElementsAre(1));
  EXPECT_EQ(space.whatever(refused, Field::kSource), space.node(web));
  EXPECT_FALSE(space.one_of(bdd.both(refused, space.node(lan))));
}

// Everything that a space says, said by looking at each packet of a small one.
RC_GTEST_PROP(PacketSpaceOf, ThreeFieldsIsWhatTheirPacketsAre, ()) {
  constexpr std::array kAsked = {Field::kDestination, Field::kSource, Field::kLength};
  PacketSpace space(Family::kIpv6);
  std::vector<PacketSpace::Question> questions;
  std::vector<std::pair<std::size_t, std::set<std::uint64_t>>> meant;
  for (int i = *rc::gen::inRange(1, 7); i > 0; --i) {
    auto field = static_cast<std::size_t>(*rc::gen::inRange(0, 3));
    auto bits = *rc::gen::inRange(0U, 64U);
    std::set<std::uint64_t> values;
    for (std::uint64_t value = 0; value < 6; ++value)
      if ((bits >> value & 1U) != 0) values.insert(value);
    std::vector<PointSpan> spans;
    for (auto value : values) spans.push_back(span_of(value, value));
    questions.push_back(space.ask(kAsked[field], spans));
    meant.emplace_back(field, values);
  }
  space.settle();
  auto& bdd = space.bdd();
  std::vector<int> joins;
  auto packets = space.everything();
  for (const auto& question : questions) {
    joins.push_back(*rc::gen::inRange(0, 3));
    auto node = space.node(question);
    packets = joins.back() == 0   ? bdd.both(packets, node)
              : joins.back() == 1 ? bdd.either(packets, bdd.both(space.everything(), node))
                                  : bdd.without(packets, node);
  }
  std::array<std::set<std::uint32_t>, 3> seen;
  for (std::uint64_t n = 0; n < 7 * 7 * 7; ++n) {
    std::array<std::uint64_t, 3> value = {n % 7, n / 7 % 7, n / 49};
    bool is_in = true;
    for (std::size_t i = 0; i < questions.size(); ++i) {
      bool holds = meant[i].second.contains(value[meant[i].first]);
      is_in = joins[i] == 0 ? is_in && holds : joins[i] == 1 ? is_in || holds : is_in && !holds;
    }
    auto one = Bdd::kAll;
    std::array<std::uint32_t, 3> number{};
    for (std::size_t i = 0; i < 3; ++i) {
      number[i] = space.classes(kAsked[i]).class_of({0, value[i]});
      one = bdd.both(one, space.classes_node(kAsked[i], std::span(&number[i], 1)));
    }
    RC_ASSERT(bdd.meet(packets, one) == is_in);
    for (std::size_t i = 0; is_in && i < 3; ++i) seen[i].insert(number[i]);
  }
  for (std::size_t i = 0; i < 3; ++i) {
    auto classes = space.classes_in(packets, kAsked[i]);
    RC_ASSERT(std::set<std::uint32_t>(classes.begin(), classes.end()) == seen[i]);
    RC_ASSERT(std::ranges::is_sorted(classes));
  }
  auto found = space.one_of(packets);
  RC_ASSERT(found.has_value() == !seen[0].empty());
  for (std::size_t i = 0; found && i < 3; ++i) RC_ASSERT(seen[i].contains(space.class_of(*found, kAsked[i])));
}

}  // namespace
}  // namespace pyfw
