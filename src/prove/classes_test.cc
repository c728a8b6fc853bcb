#include "prove/classes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <set>

namespace pyfw {
namespace {

using testing::ElementsAre;

constexpr std::uint64_t kLast = 40;

PointSpan span(std::uint64_t first, std::uint64_t last) { return {.first = {0, first}, .last = {0, last}}; }

bool is_in(const std::vector<PointSpan>& spans, std::uint64_t value) {
  return std::ranges::any_of(
      spans, [&](const PointSpan& some) { return some.first.low <= value && value <= some.last.low; });
}

TEST(ClassesOf, ASetThatNothingElseSplitsAreOneClass) {
  Classes classes({0, ~0U});
  std::vector<PointSpan> members;
  for (std::uint64_t i = 0; i < 65'000; ++i) members.push_back(span(3 * i, 3 * i));
  auto set = classes.add(members);
  classes.cut();
  EXPECT_EQ(classes.count(), 2);
  EXPECT_THAT(classes.inside(set), ElementsAre(0));
  EXPECT_EQ(classes.values_of(0).size(), 65'000);
}

TEST(ClassesOf, TheSameQuestionIsAskedOnce) {
  Classes classes({0, kLast});
  auto asked = classes.add({span(1, 4), span(5, 9), span(2, 3)});
  EXPECT_EQ(classes.add({span(1, 9)}), asked);
  EXPECT_NE(classes.add({span(1, 8)}), asked);
}

TEST(ClassesOf, TheEndsOfAllAddressesAreOrdinaryOnes) {
  Point last{~std::uint64_t{0}, ~std::uint64_t{0}};
  Classes classes(last);
  auto half = classes.add({{.first = {std::uint64_t{1} << 63U, 0}, .last = last}});
  auto zero = classes.add({span(0, 0)});
  classes.cut();
  EXPECT_EQ(classes.count(), 3);
  EXPECT_THAT(classes.inside(zero), ElementsAre(0));
  EXPECT_THAT(classes.inside(half), ElementsAre(2));
  EXPECT_EQ(classes.class_of(last), 2);
  EXPECT_THAT(classes.values_of(1),
              ElementsAre(PointSpan{.first = {0, 1}, .last = {~std::uint64_t{0} >> 1U, ~std::uint64_t{0}}}));
}

std::vector<PointSpan> some_spans() {
  std::vector<PointSpan> spans;
  for (int i = *rc::gen::inRange(0, 4); i > 0; --i) {
    auto first = *rc::gen::inRange(std::uint64_t{0}, kLast + 1);
    spans.push_back(span(first, *rc::gen::inRange(first, kLast + 1)));
  }
  return spans;
}

RC_GTEST_PROP(ClassesOf, TwoValuesAreOfOneClassIfAndOnlyIfEachQuestionHasOneAnswerForBoth, ()) {
  Classes classes({0, kLast});
  std::vector<std::vector<PointSpan>> questions;
  std::vector<std::size_t> numbers;
  for (int i = *rc::gen::inRange(0, 6); i > 0; --i) {
    questions.push_back(some_spans());
    numbers.push_back(classes.add(questions.back()));
  }
  classes.cut();
  std::set<std::uint32_t> seen;
  for (std::uint64_t a = 0; a <= kLast; ++a) {
    auto of_a = classes.class_of({0, a});
    if (seen.insert(of_a).second) {
      RC_ASSERT(of_a + 1 == seen.size());
      RC_ASSERT(classes.first_of(of_a).low == a);
    }
    RC_ASSERT(is_in(classes.values_of(of_a), a));
    for (std::size_t i = 0; i < questions.size(); ++i)
      RC_ASSERT(std::ranges::count(classes.inside(numbers[i]), of_a) == (is_in(questions[i], a) ? 1 : 0));
    for (std::uint64_t b = 0; b <= kLast; ++b) {
      bool is_same = std::ranges::all_of(
          questions, [&](const auto& question) { return is_in(question, a) == is_in(question, b); });
      RC_ASSERT((of_a == classes.class_of({0, b})) == is_same);
    }
  }
  RC_ASSERT(classes.count() == seen.size());
}

}  // namespace
}  // namespace pyfw
