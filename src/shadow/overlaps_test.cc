// Rules that may match some packets, by the sides that they ask for.

#include "shadow/overlaps.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

namespace pyfw {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::uint32_t any(std::uint32_t end) { return *rc::gen::inRange<std::uint32_t>(0, end); }

NumberRange some_range() {
  auto first = any(12);
  return {.first = first, .last = first + any(4)};
}

bool meet(const NumberRange& a, const NumberRange& b) { return a.first <= b.last && b.first <= a.last; }

RC_GTEST_PROP(SpanIndex, FindsTheSpansThatHaveAnythingOfARange, ()) {
  SpanIndex index;
  std::vector<NumberRange> spans(any(20));
  for (std::uint32_t i = 0; i < spans.size(); ++i) index.add(spans[i] = some_range(), i);
  index.settle();
  auto asked = some_range();
  std::vector<std::uint32_t> found;
  index.visit(asked, [&](std::uint32_t i) { found.push_back(i); });
  std::ranges::sort(found);
  std::vector<std::uint32_t> wanted;
  for (std::uint32_t i = 0; i < spans.size(); ++i)
    if (meet(spans[i], asked)) wanted.push_back(i);
  RC_ASSERT(found == wanted);
}

Overlaps::Packets packets_of(std::uint32_t source, std::uint32_t port) {
  Overlaps::Packets out{};
  out[0] = {.first = source, .last = source};
  out[2] = {.first = port, .last = port};
  return out;
}

TEST(Overlaps, ARuleMayMatchWhereEverySideThatItAsksForFits) {
  static_assert(Overlaps::kSides[0] == Look::kSource && Overlaps::kSides[2] == Look::kDestinationPort);
  Extent source{.look = Look::kSource, .ranges = {{.first = 1, .last = 2}, {.first = 7, .last = 7}}};
  Extent port{.look = Look::kDestinationPort, .ranges = {{.first = 80, .last = 80}}};
  Extent other{.look = Look::kMark, .ranges = {{.first = 1, .last = 1}}};
  Overlaps overlaps;
  overlaps.add({{source}});
  overlaps.add({{source, port}});
  overlaps.add({{port, other}});
  overlaps.add({});
  overlaps.add({{Extent{.look = Look::kSource}}});
  overlaps.settle();
  EXPECT_THAT(overlaps.before(5, packets_of(7, 80)), ElementsAre(0, 1, 2, 3));
  EXPECT_THAT(overlaps.before(5, packets_of(7, 81)), ElementsAre(0, 3));
  EXPECT_THAT(overlaps.before(3, packets_of(3, 80)), ElementsAre(2));
  EXPECT_THAT(overlaps.before(2, packets_of(3, 80)), IsEmpty());
  EXPECT_THAT(overlaps.before(0, packets_of(7, 80)), IsEmpty());
}

// What many ask for is put together once, and then taken as it is.
RC_GTEST_PROP(Overlaps, AreTheSameHoweverManyRulesAskAndHoweverOften, ()) {
  Overlaps overlaps;
  std::vector<std::pair<NumberRange, NumberRange>> rules(100 + any(100));
  for (auto& [source, port] : rules) {
    source = some_range();
    port = some_range();
    overlaps.add(
        {{{.look = Look::kSource, .ranges = {source}}, {.look = Look::kDestinationPort, .ranges = {port}}}});
  }
  overlaps.settle();
  for (int i = 0; i < 10; ++i) {
    Overlaps::Packets packets{};
    packets[0] = some_range();
    packets[2] = some_range();
    auto end = any(static_cast<std::uint32_t>(rules.size()) + 1);
    std::vector<std::uint32_t> wanted;
    for (std::uint32_t rule = 0; rule < end; ++rule)
      if (meet(rules[rule].first, packets[0]) && meet(rules[rule].second, packets[2])) wanted.push_back(rule);
    RC_ASSERT(overlaps.before(end, packets) == wanted);
  }
}

}  // namespace
}  // namespace pyfw
