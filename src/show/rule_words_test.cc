#include "show/rule_words.h"

#include <gtest/gtest.h>

namespace pyfw {
namespace {

TEST(TextBesideName, LeavesTheNameOut) {
  Rule rule{"-s 10.0.0.0/8 -m comment --comment office -j ACCEPT"};
  EXPECT_EQ(name_of(rule), "office");
  EXPECT_EQ(text_beside_name(rule), "-s 10.0.0.0/8 -j ACCEPT");
  EXPECT_EQ(text_beside_name({"-m comment --comment office"}), "");
}

TEST(TextBesideName, AQuotedNameIsUnquoted) {
  Rule rule{R"(-i "a b" -m comment --comment "the \"office\"" -j LOG --log-prefix "in: ")"};
  EXPECT_EQ(name_of(rule), R"(the "office")");
  EXPECT_EQ(text_beside_name(rule), R"(-i "a b" -j LOG --log-prefix "in: ")");
}

TEST(TextBesideName, ARuleWithoutNameStaysAsItIs) {
  EXPECT_EQ(name_of({"-j  ACCEPT"}), "");
  EXPECT_EQ(text_beside_name({"-j  ACCEPT"}), "-j  ACCEPT");
}

TEST(TextBesideName, OnlyTheFirstCommentIsTheName) {
  Rule rule{"-m comment --comment a -m comment --comment b -j DROP"};
  EXPECT_EQ(name_of(rule), "a");
  EXPECT_EQ(text_beside_name(rule), "-m comment --comment b -j DROP");
}

}  // namespace
}  // namespace pyfw
