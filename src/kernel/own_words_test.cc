#include "kernel/own_words.h"

#include <gtest/gtest.h>

namespace pyfw {
namespace {

TEST(OwnWords, AreWithoutTheProgramsNameAndItsHints) {
  EXPECT_EQ(
      own_words("iptables-restore v1.8.9 (nf_tables): unknown option \"--foo\"\nError occurred at line: 2\n"
                "Try `iptables-restore -h' or 'iptables-restore --help' for more information.\n"),
      "unknown option \"--foo\"");
  EXPECT_EQ(own_words("ipset v7.17: Error in line 3: The set with the given name does not exist\n"),
            "The set with the given name does not exist");
  EXPECT_EQ(
      own_words("# Warning: iptables-legacy tables present, use iptables-legacy to see them\n"
                "iptables-nft v1.8.9 (nf_tables): Chain 'x' does not exist\nPerhaps iptables or your kernel "
                "needs to be upgraded.\n"),
      "Chain 'x' does not exist");
}

TEST(OwnWords, SeveralLinesBecomeOne) { EXPECT_EQ(own_words("one\n\n  two\n"), "one; two"); }

TEST(OwnWords, WhereThereAreNoneThatIsSaid) {
  EXPECT_EQ(own_words(""), "it gave no reason");
  EXPECT_EQ(own_words("iptables-restore: line 3 failed\n"),
            "the kernel takes no such match or target in this chain, and says no more");
}

TEST(OwnWords, CutTextIsNoTrouble) {
  for (const char* text :
       {"ip", "ip v: ", "Error in line ", "Error in line 3", "Error in line 3:", "ipset v7.17: "})
    EXPECT_FALSE(own_words(text).empty()) << text;
}

TEST(LineNamedIn, IsThatOfEachProgram) {
  EXPECT_EQ(line_named_in("iptables-restore v1.8.9 (legacy): bad\nError occurred at line: 7\n"), 7);
  EXPECT_EQ(
      line_named_in("iptables-restore v1.8.9 (nf_tables): \nline 12: RULE_INSERT failed (No such file)\n"),
      12);
  EXPECT_EQ(line_named_in("ipset v7.17: Error in line 3: Syntax error\n"), 3);
  EXPECT_EQ(line_named_in("iptables-restore: line 5 failed\n"), 5);
}

TEST(LineNamedIn, IsNoneWhereNoneIsNamed) {
  EXPECT_EQ(line_named_in(""), std::nullopt);
  EXPECT_EQ(line_named_in("no line here"), std::nullopt);
  EXPECT_EQ(line_named_in("at line: 99999999999999999999999"), std::nullopt);
}

// A refusal may quote a name that has a line of its own.
TEST(LineNamedIn, AWordOfTheRuleIsNotTheProgramsWord) {
  EXPECT_EQ(line_named_in(
                "iptables-restore v1.8.9 (legacy): Couldn't load target `x': in line of x\nError occurred at "
                "line: 4\n"),
            4);
}

}  // namespace
}  // namespace pyfw
