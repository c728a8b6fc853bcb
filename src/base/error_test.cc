#include "base/error.h"

#include <gtest/gtest.h>

namespace pyfw {
namespace {

Place place_in(std::string text, std::size_t line, std::size_t column, std::size_t length = 1) {
  auto source = std::make_shared<Source>(Source{.name = "wishes.yaml", .text = std::move(text)});
  return Place{.source = source, .line = line, .column = column, .length = length};
}

std::string rendered(Place place, std::string message, std::string hint = {}) {
  return render(Error{.message = std::move(message), .place = std::move(place), .hint = std::move(hint)});
}

TEST(Render, ShowsTheLineACaretAndTheHint) {
  EXPECT_EQ(rendered(place_in("a:\n  memebers_equal: [x]\n", 2, 3, 14), "unknown key 'memebers_equal'",
                     "did you mean 'members_equal'?"),
            "wishes.yaml:2:3: error: unknown key 'memebers_equal'\n"
            "    2 |   memebers_equal: [x]\n"
            "      |   ^~~~~~~~~~~~~~\n"
            "   did you mean 'members_equal'?");
}

TEST(Render, ColumnsCountCharactersNotBytes) {
  EXPECT_EQ(rendered(place_in("größe: x", 1, 8), "m"),
            "wishes.yaml:1:8: error: m\n    1 | größe: x\n      |        ^");
}

TEST(Render, ATabKeepsItsWidthAboveTheCaret) {
  EXPECT_EQ(rendered(place_in("\tx", 1, 2), "m"), "wishes.yaml:1:2: error: m\n    1 | \tx\n      | \t^");
}

TEST(Render, TheEndOfALineAndOfATextCanBePointedAt) {
  EXPECT_EQ(rendered(place_in("ab", 1, 3), "m"), "wishes.yaml:1:3: error: m\n    1 | ab\n      |   ^");
  EXPECT_EQ(rendered(place_in("ab\n", 2, 1), "m"), "wishes.yaml:2:1: error: m\n    2 | \n      | ^");
}

TEST(Render, OfALongLineOnlyTheNeighbourhoodIsShown) {
  auto shown =
      rendered(place_in(std::string(100'000, 'a') + "!" + std::string(100'000, 'b'), 1, 100'001), "m");
  EXPECT_LT(shown.size(), 600U);
  auto caret = shown.rfind('^') - shown.rfind('\n');
  auto bang = shown.find('!');
  EXPECT_EQ(bang - shown.rfind('\n', bang), caret);
}

TEST(Render, NoFileDrawsOnTheTerminal) {
  auto shown = rendered(place_in("a\x1b[2J\x7f\xc2\x9b!", 1, 1), "m\x1b", "h\x1b");
  EXPECT_EQ(shown.find('\x1b'), std::string::npos);
  EXPECT_EQ(shown.find('\x7f'), std::string::npos);
  EXPECT_EQ(shown.find("\xc2\x9b"), std::string::npos);
}

TEST(Render, WithoutAPlaceItIsOneLine) {
  Error error{.message = "iptables is not installed", .place = {}, .hint = "apt install iptables"};
  EXPECT_EQ(render(error), "pyfw: error: iptables is not installed; apt install iptables");
  EXPECT_EQ(render(error, "warning"), "pyfw: warning: iptables is not installed; apt install iptables");
}

Result<int> twice(Result<int> given) {
  TRY(auto number, std::move(given));
  TRY_VOID(number > 100 ? Result<void>(fail("too much")) : Result<void>());
  return 2 * number;
}

TEST(Try, PassesErrorsOnAndValuesThrough) {
  EXPECT_EQ(twice(21), 42);
  EXPECT_EQ(twice(bad_input("no number")).error().kind, ErrorKind::kBadInput);
  EXPECT_EQ(twice(101).error().message, "too much");
}

}  // namespace
}  // namespace pyfw
