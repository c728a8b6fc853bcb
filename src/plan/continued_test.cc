#include "plan/continued.h"

#include <gtest/gtest.h>

namespace pyfw {
namespace {

using Kind = TableLine::Kind;

TableLine gone(const std::string& text, const std::string& chain = "INPUT") {
  return {.kind = Kind::kDelete, .chain = chain, .rule = Rule{text}};
}
TableLine placed(const std::string& text, const std::string& chain = "INPUT") {
  return {.kind = Kind::kInsert, .chain = chain, .rule = Rule{text}, .at = 1};
}

TableCommit marked(std::vector<TableLine> lines, const std::map<std::string, std::string>& aside = {}) {
  std::vector<Commit> commits = {TableCommit{.table = "filter", .lines = std::move(lines)}};
  mark_continued(commits, aside);
  return std::get<TableCommit>(commits[0]);
}

TEST(MarkContinued, ARuleThatMovesGoesOn) {
  auto commit = marked({gone("-j LOG"), gone("-j DROP"), placed("-j LOG"), placed("-j ACCEPT")});
  EXPECT_EQ(commit.lines[2].continues, "-j LOG");
  EXPECT_EQ(commit.lines[3].continues, "");
  EXPECT_TRUE(has_continued(commit));
}

TEST(MarkContinued, AnotherChainOrAnotherRuleIsNoContinuation) {
  EXPECT_FALSE(has_continued(marked({gone("-j LOG", "FORWARD"), placed("-j LOG")})));
  EXPECT_FALSE(has_continued(
      marked({gone("-m set --match-set a src -j LOG"), placed("-m set --match-set b src -j LOG")})));
  EXPECT_FALSE(has_continued(marked({placed("-j LOG"), placed("-j LOG")})));
  auto twice = marked({gone("-j LOG"), placed("-j LOG"), placed("-j LOG")});
  EXPECT_EQ(twice.lines[2].continues, "") << "one rule does not become two";
}

TEST(MarkContinued, ASetUnderItsTemporaryNameIsTheSameSet) {
  const std::map<std::string, std::string> aside = {{"s", "_pyfw_temp_1"}};
  for (auto [from, to] : {std::pair("s", "_pyfw_temp_1"), {"_pyfw_temp_1", "s"}}) {
    auto text = [](const std::string& set) { return "-m set --match-set " + set + " src -j LOG"; };
    EXPECT_EQ(marked({gone(text(from)), placed(text(to))}, aside).lines[1].continues, text(from));
  }
}

TEST(TakeCounters, EachOfEqualRulesHasItsOwn) {
  auto commit = marked({gone("-j LOG"), gone("-j LOG"), gone("-j DROP"), placed("-j LOG"), placed("-j LOG"),
                        placed("-j DROP")});
  take_counters(commit,
                "*filter\n:INPUT ACCEPT [9:9]\n[1:2] -A INPUT -j LOG\n[3:4] -A FORWARD -j DROP\n"
                "[5:6] -A INPUT -j LOG\nCOMMIT\n");
  EXPECT_EQ(commit.lines[3].counters, (Counters{1, 2}));
  EXPECT_EQ(commit.lines[4].counters, (Counters{5, 6}));
  EXPECT_EQ(commit.lines[5].counters, std::nullopt) << "nobody has it any more";
  EXPECT_EQ(restore_input(TableCommit{.table = "filter", .lines = {commit.lines[4]}}),
            "*filter\n-I INPUT 1 -c 5 6 -j LOG\nCOMMIT\n");
}

TEST(TakeCounters, TextThatIsNoSaveIsNoTrouble) {
  auto commit = marked({gone("-j LOG"), placed("-j LOG")});
  for (const char* saved :
       {"", "[", "[1:2] -A", "[1:2] -A ", "[1:2] -A INPUT", "[x:2] -A INPUT -j LOG", "[12] -A INPUT -j LOG"})
    take_counters(commit, saved);
  EXPECT_EQ(commit.lines[1].counters, std::nullopt);
}

}  // namespace
}  // namespace pyfw
