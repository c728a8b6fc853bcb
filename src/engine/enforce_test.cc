#include "engine/enforce.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "engine/chain_in_memory_for_tests.h"

namespace pyfw {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

const ChainId kInput{.family = Family::kIpv4, .table = "filter", .chain = "INPUT"};
const ChainId kElsewhere{.family = Family::kIpv4, .table = "mangle", .chain = "OUTPUT"};
const TableId kFilter{.family = Family::kIpv4, .table = "filter"};
const TableId kMangle{.family = Family::kIpv4, .table = "mangle"};
const Rule kOurs{"-m comment --comment ours -j DROP"};
const Rule kMatched{"-j DOCKER-USER"};

// Our rule stands first; what others put there goes, if it shall, and what is matched comes to the end.
class Enforcing : public testing::Test {
 protected:
  enum class Others { kStay, kGo };

  static Course course(State live, Others others) {
    Course course{.live = std::move(live), .desired = {}, .way = {}};
    course.desired.state = course.live;
    auto& rules = ensure_chain(course.desired.state.iptables, "filter", "INPUT").rules;
    std::erase_if(rules, [&](const Rule& rule) { return rule == kOurs || others == Others::kGo; });
    auto is_matched = [](const Rule& rule) { return rule == kMatched; };
    auto last = std::ranges::stable_partition(rules, std::not_fn(is_matched));
    std::vector<bool> foreign(rules.size(), true);
    std::fill(foreign.end() - std::ssize(last), foreign.end(), false);
    course.desired.matched[kInput] = {kMatched.text};
    rules.insert(rules.begin(), kOurs);
    foreign.insert(foreign.begin(), false);
    course.desired.foreign.emplace(kInput, foreign);
    // Has wishes too, which are fulfilled.
    course.desired.foreign.emplace(kElsewhere, std::vector<bool>());
    for (auto& set : course.desired.state.sets) set.members = {"10.0.0.1"};
    course.way = find_way(course.live, course.desired, Backend::kNft);
    return course;
  }

  Result<Enforced> enforce(Others others, const std::function<Result<void>(const Course&)>& check = {}) {
    auto seen = *kernel.generation();
    auto note = [this]() -> Result<void> {
      log.emplace_back("remember");
      return {};
    };
    return pyfw::enforce(
        course(*kernel.read(), others), seen, kernel,
        {.find_course = [others](State live) -> Result<Course> { return course(std::move(live), others); },
         .check = check,
         .remember = [note](const Change&, const State&) -> WriteDown { return note; },
         .announce = {},
         .written = written});
  }

  WrittenRules written;
  Log log;
  ChainInMemory kernel{log};
};

TEST_F(Enforcing, WhatIsCommittedWasRehearsedAndIsRememberedBefore) {
  auto done = enforce(Others::kStay);
  ASSERT_TRUE(done);
  EXPECT_THAT(log, ElementsAre("rehearse", "remember", "commit"));
  EXPECT_THAT(kernel.rules(), ElementsAre(kOurs));
  EXPECT_TRUE(done->is_as_planned);
}

TEST_F(Enforcing, WhereTheRehearsalLeadsElsewhereNothingIsDone) {
  kernel.copies_forget = true;
  auto done = enforce(Others::kStay);
  ASSERT_FALSE(done);
  EXPECT_THAT(done.error().message, HasSubstr("the rehearsal did not lead to the desired state: "));
  EXPECT_THAT(log, ElementsAre("rehearse"));
  EXPECT_THAT(kernel.rules(), IsEmpty());
}

TEST_F(Enforcing, APlanThatIsAnotherOneEachTimeIsNeverCommittedUnrehearsed) {
  int number = 0;
  kernel.before_generation = [&] {
    kernel.write_instead(Rule{"-s 10.0.0." + std::to_string(++number) + " -j ACCEPT"});
  };
  auto done = enforce(Others::kGo);
  ASSERT_FALSE(done);
  EXPECT_THAT(done.error().message, HasSubstr("others write the rules again and again: rival (pid 7)"));
  EXPECT_THAT(log, Not(Contains("commit")));
}

TEST_F(Enforcing, WhoWroteSinceTheRehearsalIsSeenBeforeTheCommit) {
  int asked = 0;
  kernel.before_generation = [&] {
    if (++asked == 2) kernel.write(Rule{"-j LOG"});
  };
  auto done = enforce(Others::kStay);
  ASSERT_TRUE(done);
  EXPECT_THAT(log, ElementsAre("rehearse", "remember", "read again", "commit"));
  EXPECT_THAT(kernel.rules(), ElementsAre(kOurs, Rule{"-j LOG"}));
  EXPECT_THAT(kernel.read_again(), ElementsAre(kFilter, kMangle));
  EXPECT_FALSE(done->is_as_planned);
}

// The copy of the rehearsal took the rules that it began with, too.
TEST_F(Enforcing, AnotherWayOfRulesThatTheRehearsalHadNeedsNoOther) {
  kernel.write(Rule{"-j LOG"});
  int asked = 0;
  kernel.before_generation = [&] {
    // Now ours is there, and has to move.
    if (++asked == 2) kernel.write_instead(kOurs);
    if (asked == 2) kernel.write(Rule{"-j LOG"});
  };
  ASSERT_TRUE(enforce(Others::kStay));
  EXPECT_THAT(log, ElementsAre("rehearse", "remember", "read again", "commit"));
  EXPECT_THAT(kernel.rules(), ElementsAre(kOurs, Rule{"-j LOG"}));
}

TEST_F(Enforcing, ARuleThatCameSinceTheRehearsalIsNotTakenAwayWithoutAnother) {
  kernel.write(Rule{"-j LOG"});
  int asked = 0;
  kernel.before_generation = [&] {
    if (++asked == 2) kernel.write(Rule{"-j RETURN"});
  };
  ASSERT_TRUE(enforce(Others::kGo));
  EXPECT_THAT(log, ElementsAre("rehearse", "remember", "read again", "rehearse", "remember", "commit"));
  EXPECT_THAT(kernel.rules(), ElementsAre(kOurs));
}

TEST_F(Enforcing, WhatAMatchMovesNeedsNoRehearsalOfItsOwn) {
  kernel.write(Rule{"-j LOG"});
  int asked = 0;
  kernel.before_generation = [&] {
    if (++asked == 2) kernel.write(kMatched);
  };
  ASSERT_TRUE(enforce(Others::kStay));
  EXPECT_THAT(log, ElementsAre("rehearse", "remember", "read again", "commit"));
  EXPECT_THAT(kernel.rules(), ElementsAre(kOurs, Rule{"-j LOG"}, kMatched));
}

TEST_F(Enforcing, EachCourseThatOthersForceIsCheckedAndNoneThatDoesHarmIsGone) {
  std::vector<std::size_t> checked;
  auto check = [&](const Course& course) -> Result<void> {
    checked.push_back(find_chain(course.live.iptables, "filter", "INPUT")->rules.size());
    return checked.size() == 2 ? Result<void>(fail("harm", "--force")) : Result<void>();
  };
  int asked = 0;
  kernel.before_generation = [&] {
    if (++asked == 2 || asked == 4) kernel.write(Rule{"-j LOG"});
  };
  ASSERT_TRUE(enforce(Others::kStay, check));
  EXPECT_THAT(checked, ElementsAre(1U)) << "the second write came when all was done";
  asked = 0;
  kernel.write_instead(Rule{"-j RETURN"});
  auto done = enforce(Others::kStay, check);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().message, "harm");
  EXPECT_EQ(done.error().hint, "--force") << "nothing had been done yet";
  EXPECT_THAT(kernel.rules(), Not(Contains(kOurs)));
}

TEST_F(Enforcing, WhereOthersWroteMidwayARefusalDoesNotSayThatNothingWasChanged) {
  auto check = [](const Course&) -> Result<void> { return fail("harm", "nothing was changed"); };
  kernel.after_commit = [&] { kernel.write_instead(Rule{"-j LOG"}); };
  auto done = enforce(Others::kStay, check);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().message, "harm");
  EXPECT_THAT(done.error().hint, HasSubstr("what was done until then stays"));
}

TEST_F(Enforcing, WhoWritesAfterTheLastCommitDoesNotMakeItWrong) {
  kernel.after_commit = [&] {
    kernel.before_reading_back = [this] { kernel.write(Rule{"-j LOG"}); };
    kernel.after_commit = {};
  };
  auto done = enforce(Others::kStay);
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_THAT(log, ElementsAre("rehearse", "remember", "commit"));
  EXPECT_THAT(done->remarks, ElementsAre(HasSubstr("others have written since")));
}

TEST_F(Enforcing, WhatDoesNotReadBackIsAnErrorAndNotTriedForEver) {
  kernel.forgets = true;
  auto done = enforce(Others::kStay);
  ASSERT_FALSE(done);
  EXPECT_THAT(done.error().message, HasSubstr("does not read back as it was wished: iptables filter INPUT"));
  EXPECT_EQ(std::ranges::count(log, "commit"), 1);
}

// Nothing counts the writes to a set.
TEST_F(Enforcing, ASetThatIsEmptiedAgainIsFilledAgain) {
  kernel.sets = {{.name = "allowed", .type = "hash:ip"}};
  int left = 3;
  kernel.after_commit = [&] {
    if (left-- > 0) kernel.sets[0].members.clear();
  };
  auto done = enforce(Others::kStay);
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_THAT(kernel.sets[0].members, ElementsAre("10.0.0.1"));
  EXPECT_THAT(kernel.rules(), ElementsAre(kOurs));
}

TEST_F(Enforcing, ASetThatNeverReadsBackIsNotFilledForEver) {
  kernel.sets = {{.name = "allowed", .type = "hash:ip"}};
  kernel.after_commit = [&] { kernel.sets[0].members.clear(); };
  auto done = enforce(Others::kStay);
  ASSERT_FALSE(done);
  EXPECT_THAT(done.error().message, HasSubstr("does not read back as it was wished: set allowed"));
  EXPECT_EQ(std::ranges::count(log, "commit sets"), 10);
}

TEST_F(Enforcing, WhereNothingIsLeftToDoNothingIsCommitted) {
  kernel.write(kOurs);
  ASSERT_TRUE(enforce(Others::kStay));
  EXPECT_THAT(log, Not(Contains("commit")));
}

}  // namespace
}  // namespace pyfw
