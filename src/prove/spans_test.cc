#include "prove/spans.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <set>

#include "prove/packet_space.h"

namespace pyfw {
namespace {

using testing::ElementsAre;

Spans some_spans() {
  Spans out;
  for (int i = *rc::gen::inRange(0, 6); i > 0; --i) {
    auto first = *rc::gen::inRange<std::uint64_t>(0, 32);
    out.push_back(span_of(first, first + *rc::gen::inRange<std::uint64_t>(0, 8)));
  }
  return out;
}

std::set<std::uint64_t> values_in(const Spans& spans) {
  std::set<std::uint64_t> out;
  for (const auto& span : spans)
    for (auto value = span.first.low; value <= span.last.low; ++value) out.insert(value);
  return out;
}

RC_GTEST_PROP(SpansOf, BothAndWithoutAreWhatTheyAreOfEachValue, ()) {
  auto a = some_spans();
  auto b = some_spans();
  std::set<std::uint64_t> in_both;
  std::set<std::uint64_t> in_one;
  for (auto value : values_in(a)) (values_in(b).contains(value) ? in_both : in_one).insert(value);
  RC_ASSERT(values_in(both(a, b)) == in_both);
  RC_ASSERT(values_in(without(a, b)) == in_one);
  RC_ASSERT(values_in(joined(a)) == values_in(a));
  // As few as can be.
  for (const auto& spans : {joined(a), both(a, b), without(a, b)})
    for (std::size_t i = 1; i < spans.size(); ++i) RC_ASSERT(after(spans[i - 1].last) < spans[i].first);
}

TEST(TextsOf, APrefixWhereItIsOneElseFromFirstToLast) {
  auto at = [](const char* text) { return point_of(*Ip::parse(text)); };
  EXPECT_THAT(texts_of({{at("10.0.0.0"), at("10.255.255.255")},
                        {at("192.0.2.7"), at("192.0.2.7")},
                        {at("192.0.2.9"), at("192.0.2.12")}},
                       Family::kIpv4),
              ElementsAre("10.0.0.0/8", "192.0.2.7", "192.0.2.9-192.0.2.12"));
  EXPECT_THAT(texts_of({{at("::"), at("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff")}}, Family::kIpv6),
              ElementsAre("::/0"));
}

TEST(TextsOf, TheLastAddressOfAllEndsNoSpanTooEarly) {
  auto at = [](const char* text) { return point_of(*Ip::parse(text)); };
  EXPECT_THAT(texts_of({{at("255.255.255.254"), at("255.255.255.255")}}, Family::kIpv4),
              ElementsAre("255.255.255.254/31"));
}

}  // namespace
}  // namespace pyfw
