#include "nf/rule.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace pyfw {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(CommentsOf, FindsQuotedAndPlainOnesWhereverTheyStand) {
  EXPECT_THAT(comments_of(Rule{"-m comment --comment office -j ACCEPT"}), ElementsAre("office"));
  EXPECT_THAT(comments_of(Rule{R"(-m comment --comment "the office" -j ACCEPT)"}), ElementsAre("the office"));
  EXPECT_THAT(comments_of(Rule{R"(-j ACCEPT -m comment --comment a -m comment --comment "b c")"}),
              ElementsAre("a", "b c"));
  EXPECT_THAT(comments_of(Rule{R"(-m comment --comment "" -j ACCEPT)"}), ElementsAre(""));
  EXPECT_THAT(comments_of(Rule{"-j ACCEPT"}), IsEmpty());
}

TEST(BearsName, NeedsTheWholeComment) {
  Rule rule{R"(-m comment --comment "allow ssh" -j ACCEPT)"};
  EXPECT_TRUE(bears_name(rule, "allow ssh"));
  EXPECT_FALSE(bears_name(rule, "allow"));
  EXPECT_FALSE(bears_name(rule, "ssh"));
}

TEST(BearsName, ALogPrefixIsNoName) {
  EXPECT_FALSE(bears_name(Rule{R"(-j LOG --log-prefix "--comment a ")"}, "a"));
}

TEST(Temporary, NamedRulesKeepTheirNameBehindThePrefix) {
  auto held = temporary(Rule{"-s 10.0.0.0/8 -m comment --comment office -j ACCEPT"});
  EXPECT_EQ(held.text, "-s 10.0.0.0/8 -m comment --comment _pyfw_temp_office -j ACCEPT");
  EXPECT_TRUE(is_temporary(held));
}

TEST(Temporary, RulesWithoutCommentGetOneBeforeTheirText) {
  EXPECT_EQ(temporary(Rule{"-j ACCEPT"}).text, "-m comment --comment _pyfw_temp_ -j ACCEPT");
}

TEST(IsTemporary, AsksTheCommentsOnly) {
  EXPECT_FALSE(is_temporary(Rule{"-m comment --comment office -j ACCEPT"}));
  EXPECT_FALSE(is_temporary(Rule{"-m comment --comment my_pyfw_temp_rule -j ACCEPT"}));
  EXPECT_FALSE(is_temporary(Rule{R"(-j LOG --log-prefix "_pyfw_temp_")"}));
}

TEST(RuleKey, NeedlessQuotesAndBlanksAreNoDifference) {
  const char* plain = "-m comment --comment office -j ACCEPT";
  for (const char* text :
       {R"(-m comment --comment "office" -j ACCEPT)", R"("-m" comment  --comment office -j ACCEPT)",
        " -m comment --comment office -j ACCEPT ", "-m\tcomment --comment office -j ACCEPT"})
    EXPECT_EQ(rule_key(Rule{text}), plain) << text;
  EXPECT_EQ(rule_key(Rule{plain}), plain);
}

TEST(RuleKey, OtherWordsAreAnotherRule) {
  EXPECT_NE(rule_key(Rule{R"(--comment "a b")"}), rule_key(Rule{"--comment a b"}));
  EXPECT_NE(rule_key(Rule{"-s 10.0.0.1 -j ACCEPT"}), rule_key(Rule{"-j ACCEPT -s 10.0.0.1"}));
}

TEST(TargetOf, IsTheJumpsOrGotosName) {
  EXPECT_EQ(target_of(Rule{"-i eth0 -j DOCKER-USER"}), "DOCKER-USER");
  EXPECT_EQ(target_of(Rule{"-g IN_public"}), "IN_public");
  EXPECT_EQ(target_of(Rule{R"(-m comment --comment "-j DROP" -j ACCEPT)"}), "ACCEPT");
  EXPECT_EQ(target_of(Rule{R"(-j LOG --log-prefix "see -j DROP ")"}), "LOG");
  EXPECT_EQ(target_of(Rule{"-m comment --comment -j -j ACCEPT"}), "ACCEPT");
  EXPECT_EQ(target_of(Rule{"-j LOG --log-prefix -j --log-level 4"}), "LOG");
  EXPECT_EQ(target_of(Rule{"-i eth0"}), "");
}

}  // namespace
}  // namespace pyfw
