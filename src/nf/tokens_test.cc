#include "nf/tokens.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace pyfw {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> texts(const std::vector<Token>& tokens) {
  std::vector<std::string> out;
  for (const auto& token : tokens) out.push_back(token.text);
  return out;
}

TEST(TokeniseSaved, SplitsAtBlanksAndKeepsQuotedTextTogether) {
  EXPECT_THAT(tokenise_saved(R"(-m comment --comment "two words"  -j	ACCEPT)"),
              ElementsAre("-m", "comment", "--comment", "two words", "-j", "ACCEPT"));
  EXPECT_THAT(tokenise_saved(""), IsEmpty());
  EXPECT_THAT(tokenise_saved("  "), IsEmpty());
}

TEST(TokeniseSaved, AnEmptyCommentIsAWord) {
  EXPECT_THAT(tokenise_saved(R"(--comment "" -j DROP)"), ElementsAre("--comment", "", "-j", "DROP"));
}

TEST(TokeniseSaved, ABackslashEscapesInsideQuotesOnly) {
  EXPECT_THAT(tokenise_saved(R"("say \"hi\", it\'s \\ fine" a\b)"),
              ElementsAre(R"(say "hi", it's \ fine)", R"(a\b)"));
}

TEST(TokeniseSaved, ASingleQuoteIsALetter) { EXPECT_THAT(tokenise_saved("'a b'"), ElementsAre("'a", "b'")); }

TEST(TokeniseSaved, AnOpenQuoteEndsWithTheText) {
  EXPECT_THAT(tokenise_saved(R"(a "b c)"), ElementsAre("a", "b c"));
}

TEST(TokeniseWritten, TakesBothKindsOfQuotesAlsoAmidstAWord) {
  auto tokens = tokenise_written(R"(--comment 'say "hi"' -s "10.0.0.0"/8 a'b c'd)");
  ASSERT_TRUE(tokens);
  EXPECT_THAT(texts(*tokens), ElementsAre("--comment", R"(say "hi")", "-s", "10.0.0.0/8", "ab cd"));
}

TEST(TokeniseWritten, ABackslashTakesTheNextCharacterButNotInSingleQuotes) {
  auto tokens = tokenise_written(R"(a\ b "c\"d" 'e\f' \\)");
  ASSERT_TRUE(tokens);
  EXPECT_THAT(texts(*tokens), ElementsAre("a b", R"(c"d)", R"(e\f)", R"(\)"));
}

TEST(TokeniseWritten, EachWordKnowsWhereItStood) {
  auto tokens = tokenise_written("-s  'a b' x");
  ASSERT_TRUE(tokens);
  ASSERT_EQ(tokens->size(), 3U);
  EXPECT_EQ((*tokens)[1].offset, 4U);
  EXPECT_EQ((*tokens)[1].length, 5U);
  EXPECT_EQ((*tokens)[2].offset, 10U);
}

TEST(TokeniseWritten, AnOpenQuoteIsAnErrorAtThatQuote) {
  for (const char* text : {"ab 'c", "ab \"c'", "ab '"}) {
    auto tokens = tokenise_written(text);
    ASSERT_FALSE(tokens) << text;
    EXPECT_EQ(tokens.error().place->column, 4U) << text;
  }
}

TEST(WriteTokens, QuotesFreeTextAsIptablesSaveDoes) {
  EXPECT_EQ(write_tokens(std::vector<std::string>{"--comment", "plain-text_1"}), "--comment plain-text_1");
  EXPECT_EQ(write_tokens(std::vector<std::string>{"--comment", "a.b"}), R"(--comment "a.b")");
  EXPECT_EQ(write_tokens(std::vector<std::string>{"--comment", ""}), R"(--comment "")");
  EXPECT_EQ(write_tokens(std::vector<std::string>{"--comment", R"(say "hi" it's \)"}),
            R"(--comment "say \"hi\" it\'s \\")");
  EXPECT_EQ(write_tokens(std::vector<std::string>{"--log-prefix", "in: "}), R"(--log-prefix "in: ")");
  EXPECT_EQ(write_tokens(std::vector<std::string>{"-s", "10.0.0.0/8"}), "-s 10.0.0.0/8");
}

RC_GTEST_PROP(WriteTokens, AnyWordsAreReadBack, (const std::vector<std::string>& any)) {
  // A quote amidst a bare word ends up as a word with quotes: iptables has no other words.
  RC_ASSERT(tokenise_saved(write_tokens(any)) == any);
}

RC_GTEST_PROP(WriteTokens, WhatIsOddlySpelledMeansTheSame, ()) {
  auto text = *rc::gen::container<std::string>(rc::gen::element('a', '"', '\\', ' ', '-', '\''));
  auto words = tokenise_saved(text);
  RC_ASSERT(tokenise_saved(write_tokens(words)) == words);
}

TEST(TokeniseIpset, NothingEscapesInACommentOfASet) {
  EXPECT_THAT(tokenise_ipset(R"(10.0.0.1 comment "on \\server\" timeout 0)"),
              ElementsAre("10.0.0.1", "comment", R"(on \\server\)", "timeout", "0"));
  EXPECT_THAT(tokenise_ipset(R"(a"b c"d "" e)"), ElementsAre("ab cd", "e"));
}

RC_GTEST_PROP(WriteIpsetTokens, WordsAreReadBack, ()) {
  auto word = rc::gen::nonEmpty(rc::gen::container<std::string>(rc::gen::element('a', '\\', ' ', '-', '\'')));
  auto words = *rc::gen::container<std::vector<std::string>>(word);
  RC_ASSERT(tokenise_ipset(write_ipset_tokens(words)) == words);
}

}  // namespace
}  // namespace pyfw
