#include "prove/asked_slot.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

#include "ext/encounters_for_tests.h"

namespace pyfw {
namespace {

template <typename Number>
Number any(Number first, Number end) {
  return *rc::gen::inRange(first, end);
}

// Few bits that matter, so that conditions and packets meet.
Ip some_address() {
  auto bits = any(0U, 256U);
  auto high = [&](unsigned shift) { return static_cast<std::uint8_t>((bits >> shift & 3U) * 85U); };
  std::array<std::uint8_t, 4> bytes = {high(0), high(2), high(4), high(6)};
  return Ip::from_bytes(Family::kIpv4, bytes.data());
}

Condition some_address_condition() {
  auto field = static_cast<AddressField>(any(0, 6));
  bool inverted = any(0, 2) == 0;
  auto one = some_address();
  auto other = some_address();
  if (any(0, 2) == 0)
    return {AddressIn{
        .field = field, .inverted = inverted, .first = std::min(one, other), .last = std::max(one, other)}};
  auto value = one;
  std::array<std::uint8_t, 4> bytes{};
  for (std::size_t i = 0; i < 4; ++i) bytes[i] = one.bytes()[i] & other.bytes()[i];
  if (any(0, 8) != 0) value = Ip::from_bytes(Family::kIpv4, bytes.data());
  return {AddressMasked{.field = field, .inverted = inverted, .value = value, .mask = other}};
}

NumberRange some_range(std::uint32_t end) {
  auto first = any(0U, end);
  return {.first = first, .last = any(first, end)};
}

Condition some_number_condition() {
  constexpr std::array kAsked = {NumberField::kSourcePort,
                                 NumberField::kDestinationPort,
                                 NumberField::kOriginalSourcePort,
                                 NumberField::kOriginalDestinationPort,
                                 NumberField::kReplySourcePort,
                                 NumberField::kReplyDestinationPort,
                                 NumberField::kTcpOptions,
                                 NumberField::kTtl,
                                 NumberField::kTos,
                                 NumberField::kLength};
  NumberIn asked{.field = kAsked[static_cast<std::size_t>(any(0, 10))],
                 .inverted = any(0, 2) == 0,
                 .if_absent = any(0, 2) == 0,
                 .range = some_range(20)};
  if (any(0, 2) == 0) asked.mask = any(0U, 32U);
  for (auto i = any(0, 3); i > 0; --i) asked.more.push_back(some_range(70'000));
  return {asked};
}

Encounter some_encounter() {
  constexpr std::array kProtocols = {kTcp, kUdp, kIcmp, kGre};
  auto encounter = web_request();
  auto& packet = encounter.packet;
  packet.source = some_address();
  packet.destination = some_address();
  packet.protocol = kProtocols[static_cast<std::size_t>(any(0, 4))];
  packet.source_port = any<std::uint16_t>(0, 24);
  packet.destination_port = any<std::uint16_t>(0, 24);
  packet.tcp_flags = any<std::uint8_t>(0, 64);
  packet.tcp_option_kinds = any<std::uint8_t>(0, 255);
  packet.icmp_type = any<std::uint8_t>(0, 2);
  packet.icmp_code = any<std::uint8_t>(0, 24);
  packet.ttl = any<std::uint8_t>(0, 24);
  packet.tos = any<std::uint8_t>(0, 24);
  packet.length = any<std::uint16_t>(0, 24);
  packet.is_fragment = any(0, 4) == 0;
  if (any(0, 4) == 0) encounter.connection.reset();
  if (!encounter.connection) return encounter;
  auto tuple = [] {
    return CtTuple{.source = some_address(),
                   .destination = some_address(),
                   .source_port = any<std::uint16_t>(0, 24),
                   .destination_port = any<std::uint16_t>(0, 24)};
  };
  encounter.connection->original = tuple();
  encounter.connection->reply = tuple();
  return encounter;
}

RC_GTEST_PROP(AskedSlotOf, AConditionIsAnsweredByItsSpansAsForOnePacket, ()) {
  auto condition = any(0, 2) == 0 ? some_address_condition() : some_number_condition();
  auto asked = asked_slot(condition);
  if (!asked) {
    RC_ASSERT(std::holds_alternative<AddressMasked>(condition.kind));
    return;
  }
  for (int i = 0; i < 20; ++i) {
    auto encounter = some_encounter();
    if (!has(encounter, asked->slot)) continue;
    auto value = value_of(asked->slot, encounter);
    bool is_in = std::ranges::any_of(
        asked->spans, [&](const PointSpan& span) { return span.first <= value && value <= span.last; });
    auto answer = answer_of(is_in != asked->inverted);
    RC_ASSERT(holds(condition, encounter, SurroundingsForTests()) == answer);
  }
}

TEST(AskedSlotOf, AMaskThatLeavesOutHighBitsIsAsManySpans) {
  auto asked = asked_slot({AddressMasked{.value = ip("10.0.3.0"), .mask = ip("255.0.255.0")}});
  ASSERT_TRUE(asked);
  EXPECT_EQ(asked->spans.size(), 256);
  EXPECT_FALSE(asked_slot({AddressMasked{.value = ip("0.0.0.1"), .mask = ip("0.0.0.255")}}));
}

TEST(AskedSlotOf, WhatIsTheSameForAllPacketsIsNone) {
  EXPECT_FALSE(asked_slot({NumberIn{.field = NumberField::kMark}}));
  EXPECT_FALSE(asked_slot({NumberIn{.field = NumberField::kProtocol}}));
  EXPECT_FALSE(asked_slot({InSet{.name = "a"}}));
  EXPECT_FALSE(asked_slot({Never{}}));
}

}  // namespace
}  // namespace pyfw
