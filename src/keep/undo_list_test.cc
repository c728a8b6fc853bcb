#include "keep/undo_list.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace pyfw {
namespace {

using testing::ElementsAre;
using Texts = std::vector<std::string>;

struct Lists {
  Texts before;
  Texts after;
  Texts now;
  Texts own{};
  Texts relaid{};
};

// What is put back is marked.
Texts undone(const Lists& lists) {
  std::vector<Entry> now;
  for (const auto& text : lists.now) now.push_back({.text = text});
  Texts out;
  for (const auto& entry : undo_list(
           {.before = lists.before, .after = lists.after, .own = lists.own, .relaid = lists.relaid}, now))
    out.push_back(entry.is_from_now ? entry.text : "+" + entry.text);
  return out;
}

TEST(UndoList, TakesTheCopyThatTheChangeAdded) {
  EXPECT_THAT(undone({.before = {"X", "A"}, .after = {"X", "A", "X"}, .now = {"N", "X", "A", "X"}}),
              ElementsAre("N", "X", "A"));
  EXPECT_THAT(undone({.before = {"A", "X"}, .after = {"X", "A", "X"}, .now = {"X", "A", "N", "X"}}),
              ElementsAre("A", "N", "X"));
}

TEST(UndoList, KeepsTheOrderOfOwnEntriesWhereOthersMoveTheirs) {
  EXPECT_THAT(undone({.before = {"w1", "w2", "D", "w3"},
                      .after = {"w1", "w2", "D"},
                      .now = {"D", "w1", "w2"},
                      .own = {"w1", "w2"}}),
              ElementsAre("D", "w1", "w2", "+w3"));
}

TEST(UndoList, MovesOwnEntriesOnly) {
  EXPECT_THAT(undone({.before = {"F", "P"}, .after = {"P", "F"}, .now = {"P", "F"}, .own = {"P"}}),
              ElementsAre("F", "+P"));
}

TEST(UndoList, RelaidEntryComesBackOnlyWhereItIsMissing) {
  Lists lists{.before = {"A", "B"}, .after = {"A", "B"}, .now = {"A"}, .own = {"B"}, .relaid = {"B"}};
  EXPECT_THAT(undone(lists), ElementsAre("A", "+B"));
  lists.now = {"B", "A"};
  EXPECT_THAT(undone(lists), ElementsAre("B", "A"));
  lists.now = {"A"};
  lists.relaid.clear();
  EXPECT_THAT(undone(lists), ElementsAre("A"));
}

TEST(UndoList, OneRuleInTwoSpellingsIsOneEntry) {
  EXPECT_THAT(undone({.before = {},
                      .after = {R"(-m comment --comment "a" -j DROP)"},
                      .now = {"-m comment --comment a -j DROP"}}),
              ElementsAre());
}

}  // namespace
}  // namespace pyfw
