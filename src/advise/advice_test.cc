#include "advise/advice.h"

#include <gtest/gtest.h>

namespace pyfw {
namespace {

TEST(Advice, IsShownWithItsPlaceItsReasonAndWhatToDo) {
  auto source = std::make_shared<const Source>(Source{"w.yaml", "rules:\n- a: -j DROP\n"});
  std::vector<Advice> advices{
      {.id = "some-id",
       .severity = Severity::kError,
       .message = "it drops",
       .why = "all of it",
       .instead = "accept",
       .place = Place{.source = source, .line = 2, .column = 6, .length = 7}},
      {.id = "other", .severity = Severity::kNote, .message = "an \x1b[31m", .why = {}, .instead = {}},
  };
  EXPECT_EQ(as_text(advices, false), R"(w.yaml:2:6: error: it drops [some-id]
    2 | - a: -j DROP
      |      ^~~~~~~
   why: all of it
   instead: accept

note: an \x1b[31m [other]
)");
}

TEST(Advice, NotesDoNotMatter) {
  std::vector<Advice> advices{
      {.id = "a", .severity = Severity::kNote, .message = {}, .why = {}, .instead = {}}};
  EXPECT_FALSE(matter(advices));
  advices.push_back({.id = "b", .severity = Severity::kWarning, .message = {}, .why = {}, .instead = {}});
  EXPECT_TRUE(matter(advices));
}

}  // namespace
}  // namespace pyfw
