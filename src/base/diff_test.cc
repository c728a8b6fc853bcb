#include "base/diff.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "base/strings.h"

namespace pyfw {
namespace {

std::string diff(std::string_view before, std::string_view after, std::size_t context = 1) {
  return unified_diff(before, after, {.before = "a", .after = "b"}, context);
}

// What `patch` makes of the text and the diff.
std::string patched(std::string_view before, std::string_view diff) {
  auto old_lines = split(before, '\n');
  std::string out;
  std::size_t at = 0;
  auto hunks = split(diff, '\n');
  for (std::size_t i = 2; i < hunks.size(); ++i) {
    auto line = hunks[i];
    if (line.starts_with("@@ -")) {
      auto number = line.substr(4, line.find_first_of(", ", 4) - 4);
      auto count_is_zero = line.substr(4 + number.size()).starts_with(",0 ");
      auto stop = *parse_number(number) - (count_is_zero ? 0 : 1);
      while (at < stop) out += std::string(old_lines[at++]) + '\n';
    } else if (!line.empty()) {
      if (line[0] != '+') RC_ASSERT(old_lines[at++] == line.substr(1));
      if (line[0] != '-') out += std::string(line.substr(1)) + '\n';
    }
  }
  while (at + 1 < old_lines.size()) out += std::string(old_lines[at++]) + '\n';
  return out;
}

TEST(UnifiedDiff, EqualTextsHaveNone) { EXPECT_EQ(diff("a\nb\n", "a\nb\n"), ""); }

TEST(UnifiedDiff, ShowsChangedLinesAmidstTheirNeighbours) {
  EXPECT_EQ(diff("1\n2\n3\n4\n5\n", "1\n2\nx\n4\n5\n"), "--- a\n+++ b\n@@ -2,3 +2,3 @@\n 2\n-3\n+x\n 4\n");
}

TEST(UnifiedDiff, FarChangesAreHunksOfTheirOwnAndNearOnesAreOne) {
  EXPECT_EQ(diff("a\n1\n2\n3\nb\n", "A\n1\n2\n3\nB\n"),
            "--- a\n+++ b\n@@ -1,2 +1,2 @@\n-a\n+A\n 1\n@@ -4,2 +4,2 @@\n 3\n-b\n+B\n");
  EXPECT_EQ(diff("a\n1\n2\nb\n", "A\n1\n2\nB\n"), "--- a\n+++ b\n@@ -1,4 +1,4 @@\n-a\n+A\n 1\n 2\n-b\n+B\n");
}

TEST(UnifiedDiff, KnowsEmptyTexts) {
  EXPECT_EQ(diff("", "x\n"), "--- a\n+++ b\n@@ -0,0 +1 @@\n+x\n");
  EXPECT_EQ(diff("x\n", ""), "--- a\n+++ b\n@@ -1 +0,0 @@\n-x\n");
}

TEST(UnifiedDiff, AMovedLineIsTheOnlyOneThatChanges) {
  EXPECT_EQ(diff("1\n2\n3\n4\n5\n6\n", "1\n3\n4\n5\n2\n6\n", 0),
            "--- a\n+++ b\n@@ -2 +1,0 @@\n-2\n@@ -5,0 +5 @@\n+2\n");
}

RC_GTEST_PROP(UnifiedDiff, LeadsFromOneTextToTheOther, ()) {
  auto text = [] {
    std::string out;
    for (char c : *rc::gen::container<std::string>(rc::gen::element('a', 'b', 'c', 'd', 'e')))
      out += std::string(1, c) + '\n';
    return out;
  };
  auto before = text();
  auto after = text();
  auto context = *rc::gen::inRange<std::size_t>(0, 4);
  RC_ASSERT(patched(before, diff(before, after, context)) == after);
}

}  // namespace
}  // namespace pyfw
