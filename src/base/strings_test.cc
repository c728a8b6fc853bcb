#include "base/strings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace pyfw {
namespace {

using testing::ElementsAre;

TEST(Split, KeepsEmptyParts) {
  EXPECT_THAT(split("a,,b,", ','), ElementsAre("a", "", "b", ""));
  EXPECT_THAT(split("", ','), ElementsAre(""));
}

TEST(Trim, TakesBlanksFromBothEnds) {
  EXPECT_EQ(trim(" \t a b \r\n"), "a b");
  EXPECT_EQ(trim(" \n"), "");
}

TEST(ShellQuote, QuotesOnlyWhatAShellWouldChange) {
  for (const char* word :
       {"-j", "10.0.0.0/8", "RELATED,ESTABLISHED", "tcp:80", "a_b", "!", "x=y", "50%", "a@b", "2:3+"})
    EXPECT_EQ(shell_quote(word), word);
  EXPECT_EQ(shell_quote(""), "''");
  EXPECT_EQ(shell_quote("a b"), "'a b'");
  EXPECT_EQ(shell_quote("!a"), "'!a'");
  EXPECT_EQ(shell_quote("$(reboot)"), "'$(reboot)'");
  EXPECT_EQ(shell_quote("~"), "'~'");
  EXPECT_EQ(shell_quote("it's"), R"('it'"'"'s')");
}

TEST(ShellQuote, ControlCharactersDontReachTheTerminal) {
  auto quoted = shell_quote("a\x1b[2J'\n");
  EXPECT_EQ(quoted, R"($'a\x1b[2J\'\x0a')");
}

TEST(EscapeControl, MakesControlCharactersVisibleAndKeepsText) {
  EXPECT_EQ(escape_control("a\x1b[31m\x7f"), R"(a\x1b[31m\x7f)");
  EXPECT_EQ(escape_control("\xc2\x9b"), R"(\xc2\x9b)");
  EXPECT_EQ(escape_control("grüße 世界"), "grüße 世界");
}

TEST(ControlAt, ACutCharacterBeforeALineBreakIsNone) {
  EXPECT_EQ(control_at("\xc2\n", 0), 0U);
  EXPECT_EQ(control_at("\xc2\n", 1), 1U);
  EXPECT_EQ(control_at("\xc2", 0), 0U);
}

TEST(IsValidUtf8, TakesWholeCharactersOnly) {
  for (const char* text : {"", "a", "ü", "世", "😀"}) EXPECT_TRUE(is_valid_utf8(text)) << text;
  for (const char* text :
       {"\xff", "\xc3", "\xe4\xb8", "a\x80", "\xc0\xaf", "\xc3(", "\xf8\x88\x80\x80\x80", "\xe0\x80\xaf",
        "\xf0\x80\x80\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xf5\x9e\x9b\x9b"})
    EXPECT_FALSE(is_valid_utf8(text)) << text;
}

TEST(Closest, FindsTypingErrorsAndNothingFarOff) {
  constexpr std::string_view kWords[] = {"members_equal", "members_include", "type", "options"};
  EXPECT_EQ(closest("memebers_equal", kWords), "members_equal");
  EXPECT_EQ(closest("tpye", kWords), "type");
  EXPECT_FALSE(closest("colour", kWords));
  EXPECT_EQ(did_you_mean("option", kWords), "did you mean 'options'?");
  EXPECT_EQ(did_you_mean("colour", kWords), "");
}

TEST(ParseNumber, TakesDigitsOnly) {
  EXPECT_EQ(parse_number("0"), 0U);
  EXPECT_EQ(parse_number("18446744073709551615"), 18446744073709551615U);
  for (const char* text : {"", "-1", "+1", " 1", "1 ", "0x1", "18446744073709551616"})
    EXPECT_FALSE(parse_number(text));
}

}  // namespace
}  // namespace pyfw
