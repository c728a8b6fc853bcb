#include "shadow/looks.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "ext/evaluate.h"
#include "trace/compiled_host.h"
#include "trace/host_for_tests.h"

namespace pyfw {
namespace {

std::uint32_t any(std::uint32_t end) { return *rc::gen::inRange<std::uint32_t>(0, end); }

// Near the ends of a byte, or of all bits.
std::uint32_t some_number() {
  auto number = any(10);
  return any(4) == 0 ? ~number : any(2) == 0 ? 250 + number : number;
}

RC_GTEST_PROP(NumberIn, IsForAllValuesWhatItIsForEach, ()) {
  auto host = HostForTests().traced();
  Looks looks(Family::kIpv4);
  looks.settle();
  bool is_mark = any(2) == 0;
  NumberIn asked{.field = is_mark ? NumberField::kMark : NumberField::kTtl,
                 .inverted = any(2) == 0,
                 .mask = any(2) == 0 ? 0xffffffff : some_number(),
                 .range = {.first = some_number(), .last = some_number()}};
  if (any(2) == 0) asked.more.push_back({.first = some_number(), .last = some_number()});
  auto node = looks.number_in(asked);
  for (int i = 0; i < 20; ++i) {
    Encounter encounter;
    encounter.mark = some_number();
    encounter.packet.ttl = static_cast<std::uint8_t>(some_number());
    auto value = is_mark ? encounter.mark : encounter.packet.ttl;
    auto look = is_mark ? Look::kMark : Look::kTtl;
    std::vector<bool> packet(looks.variable_count());
    for (unsigned bit = 0; bit < (is_mark ? 32U : 8U); ++bit)
      packet[looks.bdd().variable_of(looks.variable(look, bit))] = (value >> bit & 1U) != 0;
    RC_ASSERT(looks.value_of(packet, look) == value);
    auto answer = holds(Condition{asked}, encounter, host.compiled().surroundings);
    RC_ASSERT(looks.bdd().contains(node, packet) == (answer == Answer::kYes));
  }
}

TEST(Looks, InterfacesComeFirstOrLastAndMarksLieSideBySide) {
  for (auto names : {NamesAre::kFirst, NamesAre::kLast}) {
    Looks looks(Family::kIpv4, names);
    looks.settle();
    auto number = [&](Look look, unsigned bit) { return looks.bdd().variable_of(looks.variable(look, bit)); };
    EXPECT_EQ(number(Look::kConnmark, 7), number(Look::kMark, 7) + 1);
    EXPECT_EQ(number(Look::kIn, 0) < number(Look::kProtocol, 7), names == NamesAre::kFirst);
  }
}

TEST(Looks, AConnectionThatIsThereIsNeitherInvalidNorUntracked) {
  Looks looks(Family::kIpv6);
  looks.settle();
  auto is = [&](std::uint32_t state) {
    return looks.number_in(
        {.field = NumberField::kCtState, .mask = state, .range = {.first = 1, .last = 0xff}});
  };
  auto& bdd = looks.bdd();
  auto connected = bdd.both(looks.everything(), looks.holds(Look::kHasConnection));
  EXPECT_FALSE(bdd.meet(connected, is(kStateInvalid | kStateUntracked)));
  EXPECT_TRUE(bdd.meet(connected, bdd.both(is(kStateNew), is(kStateDnat))));
  EXPECT_FALSE(bdd.meet(looks.everything(), bdd.both(is(kStateNew), is(kStateEstablished))));
  EXPECT_FALSE(bdd.meet(bdd.without(looks.everything(), connected), is(kStateSnat)));
}

}  // namespace
}  // namespace pyfw
