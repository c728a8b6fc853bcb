#include "prove/bdd.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace pyfw {
namespace {

constexpr std::uint32_t kVariables = 5;

// The whole table of a function of five variables: bit n says whether it holds where the variables are the
// bits of n.
using TruthTable = std::uint32_t;

TruthTable table_of(const Bdd& bdd, Bdd::Node node) {
  TruthTable table = 0;
  for (std::uint32_t n = 0; n < 32; ++n) {
    auto at = node;
    while (at > Bdd::kAll) at = (n >> bdd.variable_of(at) & 1U) != 0 ? bdd.high(at) : bdd.low(at);
    if (at == Bdd::kAll) table |= 1U << n;
  }
  return table;
}

Bdd::Node node_of(Bdd& bdd, TruthTable table) {
  auto node = Bdd::kNone;
  for (std::uint32_t n = 0; n < 32; ++n) {
    if ((table >> n & 1U) == 0) continue;
    auto one = Bdd::kAll;
    for (std::uint32_t v = 0; v < kVariables; ++v)
      one = (n >> v & 1U) != 0 ? bdd.both(one, bdd.variable(v)) : bdd.without(one, bdd.variable(v));
    node = bdd.either(node, one);
  }
  return node;
}

RC_GTEST_PROP(BddOf, AFunctionIsOneNodeAndDoesWhatItsTableSays, (TruthTable a, TruthTable b)) {
  Bdd bdd;
  auto x = node_of(bdd, a);
  auto y = node_of(bdd, b);
  RC_ASSERT(table_of(bdd, x) == a);
  RC_ASSERT(bdd.both(x, y) == node_of(bdd, a & b));
  RC_ASSERT(bdd.either(x, y) == node_of(bdd, a | b));
  RC_ASSERT(bdd.without(x, y) == node_of(bdd, a & ~b));
  RC_ASSERT(bdd.opposite(x) == node_of(bdd, ~a));
  RC_ASSERT(bdd.meet(x, y) == ((a & b) != 0));
  RC_ASSERT(bdd.check().has_value());
}

RC_GTEST_PROP(BddOf, WhatTwoHaveOutsideOfAThirdIsFoundWithoutANewNode,
              (TruthTable a, TruthTable b, TruthTable of)) {
  Bdd bdd;
  // Of random tables three have something in common nearly always.
  for (auto few : {of, ~(a & b), a & b, TruthTable{0}, ~TruthTable{0}}) {
    auto x = node_of(bdd, a);
    auto y = node_of(bdd, b);
    auto z = node_of(bdd, few);
    auto nodes = bdd.size();
    RC_ASSERT(bdd.meet_outside(x, y, z) == ((a & b & ~few) != 0));
    RC_ASSERT(bdd.meet_outside(x, Bdd::kAll, z) == ((a & ~few) != 0));
    RC_ASSERT(bdd.size() == nodes);
  }
}

RC_GTEST_PROP(BddOf, WhateverSomeVariablesAreItHoldsWhereItDoesForOneOfTheirValues, (TruthTable a)) {
  Bdd bdd;
  auto first = *rc::gen::inRange(0U, kVariables + 1);
  auto end = *rc::gen::inRange(first, kVariables + 1);
  TruthTable expected = 0;
  for (std::uint32_t n = 0; n < 32; ++n)
    for (std::uint32_t m = 0; m < 32; ++m) {
      auto others = ~((1U << end) - (1U << first));
      if ((n & others) == (m & others) && (a >> m & 1U) != 0) expected |= 1U << n;
    }
  RC_ASSERT(bdd.whatever(node_of(bdd, a), first, end) == node_of(bdd, expected));
}

RC_GTEST_PROP(BddOf, NumbersAreThoseThatWereNamed, (std::set<std::uint8_t> some)) {
  Bdd bdd;
  std::vector<std::uint32_t> numbers(some.begin(), some.end());
  auto node = bdd.one_of(numbers, 3, 8);
  for (std::uint32_t n = 0; n < 256; ++n) {
    auto at = node;
    while (at > Bdd::kAll) at = (n >> (10 - bdd.variable_of(at)) & 1U) != 0 ? bdd.high(at) : bdd.low(at);
    RC_ASSERT((at == Bdd::kAll) == some.contains(static_cast<std::uint8_t>(n)));
  }
}

RC_GTEST_PROP(BddOf, OneValueIsThatOfItsBits, (TruthTable value)) {
  Bdd bdd;
  value &= 7U;
  TruthTable expected = 0;
  for (std::uint32_t n = 0; n < 32; ++n) {
    // The highest of three bits is at variable 0, and each that follows two behind.
    auto there = (n & 1U) << 2U | (n >> 2U & 1U) << 1U | (n >> 4U & 1U);
    if (there == value) expected |= 1U << n;
  }
  RC_ASSERT(bdd.one_value(value, 0, 3, 2) == node_of(bdd, expected));
}

RC_GTEST_PROP(BddOf, OfEachNumberWhatItLeadsToIsInThere, (std::vector<bool> some)) {
  Bdd bdd;
  some.resize(std::min<std::size_t>(some.size(), 8));
  std::vector<Bdd::Node> rest;
  auto expected = Bdd::kNone;
  for (std::uint32_t n = 0; n < some.size(); ++n) {
    rest.push_back(some[n] ? bdd.variable(10 + n) : Bdd::kAll);
    expected = bdd.either(expected, bdd.both(bdd.one_of(std::span(&n, 1), 2, 3), rest.back()));
  }
  RC_ASSERT(bdd.by_number(rest, 2, 3) == expected);
}

RC_GTEST_PROP(BddOf, TheFirstIsTheLowestThatHoldsInBoth, (TruthTable one, TruthTable other)) {
  Bdd bdd;
  auto a = one & other;
  auto x = node_of(bdd, one);
  auto y = node_of(bdd, other);
  auto nodes = bdd.size();
  auto found = bdd.first_of(x, y, kVariables);
  RC_ASSERT(bdd.size() == nodes);
  RC_ASSERT(found.has_value() == (a != 0));
  if (!found) return;
  auto value = [](std::uint32_t n) {
    std::uint32_t turned = 0;
    for (std::uint32_t v = 0; v < kVariables; ++v) turned |= (n >> v & 1U) << (kVariables - 1 - v);
    return turned;
  };
  std::uint32_t got = 0;
  for (std::uint32_t v = 0; v < kVariables; ++v) got |= static_cast<std::uint32_t>((*found)[v]) << v;
  for (std::uint32_t n = 0; n < 32; ++n)
    if ((a >> n & 1U) != 0) RC_ASSERT(value(got) <= value(n));
}

TEST(BddOf, MoreThanFitIsSaidAndNoCrash) {
  Bdd bdd(100);
  auto node = Bdd::kAll;
  for (std::uint32_t v = 0; v < 50; ++v) {
    auto same = bdd.either(bdd.both(bdd.variable(v), bdd.variable(v + 50)),
                           bdd.without(bdd.opposite(bdd.variable(v)), bdd.variable(v + 50)));
    node = bdd.both(node, same);
  }
  auto checked = bdd.check();
  ASSERT_FALSE(checked);
  EXPECT_EQ(checked.error().message, "the rules tell apart more packets than fit in 100 nodes");
}

TEST(BddOf, AValueIsInWhatItsVariablesSay) {
  Bdd bdd;
  auto some = bdd.either(bdd.variable(0), bdd.both(bdd.variable(2), bdd.opposite(bdd.variable(3))));
  EXPECT_TRUE(bdd.contains(some, {true}));
  EXPECT_TRUE(bdd.contains(some, {false, false, true}));  // what it does not have is false
  EXPECT_FALSE(bdd.contains(some, {false, false, true, true}));
  EXPECT_FALSE(bdd.contains(Bdd::kNone, {true}));
  EXPECT_EQ(bdd.variables_of(some, 0), (std::vector<std::uint32_t>{0, 2, 3}));
  EXPECT_EQ(bdd.variables_of(some, 2), (std::vector<std::uint32_t>{2, 3}));
}

}  // namespace
}  // namespace pyfw
