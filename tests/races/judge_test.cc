// The judge of the races sees what it is there to see.

#include "judge.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace pyfw::races {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* kOurs = "-i eth0 -m comment --comment top -j ACCEPT";

Wish wish_at_head() {
  return {.chains = {{.table = "filter",
                      .chain = "INPUT",
                      .items = {{.name = "top", .text = kOurs}, {.kind = WishedItem::Kind::kRest}}}}};
}

State state_of_input(const std::vector<std::string>& texts) {
  State state;
  auto& chain = ensure_chain(state.iptables, "filter", "INPUT");
  for (const auto& text : texts) chain.rules.push_back(Rule{text});
  return state;
}

// The rival put 1 in at 100, and 2 above it at 200.
Standing standing() { return {{"INPUT", {{.serial = 2, .since = 200}, {.serial = 1, .since = 100}}}}; }

Judgement judged(const std::vector<std::string>& texts, std::int64_t seen) {
  auto wish = wish_at_head();
  return judge(state_of_input(texts), standing(), Fulfilled{.wish = wish, .seen = seen});
}

std::string rival(std::uint64_t serial) { return text_of("INPUT", serial); }

TEST(Judge, RulesThatCameBeforeTheLastReadMustStandBelowOurs) {
  EXPECT_THAT(judged({kOurs, rival(2), rival(1)}, 300).misplaced, IsEmpty());
  EXPECT_THAT(judged({rival(2), kOurs, rival(1)}, 300).misplaced, ElementsAre(HasSubstr("INPUT")));
}

TEST(Judge, RulesThatCameLaterMayStandAboveOurs) {
  EXPECT_THAT(judged({rival(2), kOurs, rival(1)}, 150).misplaced, IsEmpty());
  EXPECT_THAT(judged({rival(2), rival(1), kOurs}, 150).misplaced, ElementsAre(HasSubstr("INPUT")));
}

TEST(Judge, OursMustBeThereOnce) {
  EXPECT_THAT(judged({rival(2), rival(1)}, 300).misplaced, ElementsAre(HasSubstr("INPUT")));
  EXPECT_THAT(judged({kOurs, kOurs, rival(2), rival(1)}, 300).misplaced, ElementsAre(HasSubstr("INPUT")));
}

TEST(Judge, ForeignRulesThatAreGoneCameBackOrMovedAreLost) {
  EXPECT_THAT(judged({kOurs, rival(2)}, 300).lost, ElementsAre(HasSubstr("gone")));
  EXPECT_THAT(judged({kOurs, rival(3), rival(2), rival(1)}, 300).lost, ElementsAre(HasSubstr("came back")));
  EXPECT_THAT(judged({kOurs, rival(2), rival(1), rival(1)}, 300).lost, ElementsAre(HasSubstr("came back")));
  EXPECT_THAT(judged({kOurs, rival(1), rival(2)}, 300).lost, ElementsAre(HasSubstr("moved")));
}

TEST(Journal, ALineOfItSaysWhatWasDone) {
  Deed deed{.begun = 12, .ended = 34, .status = 0, .edits = {{Edit::Kind::kAtHead, "FORWARD", 7}}};
  deed.edits.push_back({Edit::Kind::kAtEnd, "FORWARD", 8});
  deed.edits.push_back({Edit::Kind::kAtHead, "FORWARD", 9});
  deed.edits.push_back({Edit::Kind::kDelete, "FORWARD", 7});
  EXPECT_EQ(line_of(deed), "12 34 0 ^FORWARD:7 $FORWARD:8 ^FORWARD:9 -FORWARD:7\n");
  auto parsed = parse_deed("12 34 0 ^FORWARD:7 $FORWARD:8 ^FORWARD:9 -FORWARD:7");
  ASSERT_TRUE(parsed) << parsed.error().message;
  Standing standing;
  carry_out(*parsed, standing);
  ASSERT_EQ(standing["FORWARD"].size(), 2);
  EXPECT_EQ(standing["FORWARD"][0].serial, 9);
  EXPECT_EQ(standing["FORWARD"][1].serial, 8);
  EXPECT_EQ(standing["FORWARD"][1].since, 34);
}

}  // namespace
}  // namespace pyfw::races
