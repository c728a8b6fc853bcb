#include "engine/backends.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "wish/wishes_for_tests.h"

namespace pyfw {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

BackendRules with_rule(const std::string& text = "-j LOG") {
  BackendRules state;
  ensure_chain(state.iptables, "filter", "INPUT").rules = {Rule{text}};
  return state;
}

BackendRules with_docker() {
  BackendRules state;
  ensure_chain(state.iptables, "nat", "DOCKER");
  return state;
}

TEST(IsOfConsequence, EmptyTablesAreNot) {
  BackendRules state;
  EXPECT_FALSE(is_of_consequence(state));
  ensure_chain(state.iptables, "filter", "INPUT");
  EXPECT_FALSE(is_of_consequence(state));
  ensure_chain(state.ip6tables, "filter", "INPUT").policy = "DROP";
  EXPECT_TRUE(is_of_consequence(state));
  EXPECT_TRUE(is_of_consequence(with_rule()));
  EXPECT_TRUE(is_of_consequence(with_docker())) << "a user chain";
}

TEST(ChooseBackend, WithoutRulesTheUsualOne) {
  for (auto usual : {Backend::kNft, Backend::kLegacy}) {
    auto choice = choose_backend({}, {}, usual);
    ASSERT_TRUE(choice);
    EXPECT_EQ(choice->backend, usual);
    EXPECT_THAT(choice->why, HasSubstr("no rules yet"));
  }
}

TEST(ChooseBackend, TheOneThatHoldsRulesWhateverIsUsual) {
  EXPECT_EQ(choose_backend(with_rule(), {}, Backend::kLegacy)->backend, Backend::kNft);
  EXPECT_EQ(choose_backend({}, with_rule(), Backend::kNft)->backend, Backend::kLegacy);
}

TEST(ChooseBackend, DockersOfTwo) {
  auto choice = choose_backend(with_docker(), with_rule(), Backend::kLegacy);
  ASSERT_TRUE(choice);
  EXPECT_EQ(choice->backend, Backend::kNft);
  EXPECT_EQ(choice->why, "Docker's rules are there; legacy holds others, which see every packet too");
  ASSERT_TRUE(choice->other);
  EXPECT_EQ(choice->other->iptables, with_rule().iptables);
  EXPECT_EQ(choose_backend(with_rule(), with_docker(), Backend::kNft)->backend, Backend::kLegacy);
}

TEST(ChooseBackend, OfTwoWithDockerInBothOrNoneTheOwnerMustSay) {
  EXPECT_THAT(told(choose_backend(with_docker(), with_docker(), Backend::kNft)),
              StartsWith("nowhere: Docker has rules in both backends"));
  auto said = told(choose_backend(with_rule(), with_rule(), Backend::kNft));
  EXPECT_THAT(said, HasSubstr("both backends of iptables, nft and legacy, hold rules"));
  EXPECT_THAT(said, HasSubstr("--backend nft or --backend legacy"));
}

TEST(ChooseMainBackend, NeverHasToAskTheOwner) {
  auto main = choose_main_backend(with_docker(), with_docker(), Backend::kLegacy);
  EXPECT_EQ(main.backend, Backend::kLegacy);
  EXPECT_EQ(main.other, with_docker());
  EXPECT_EQ(choose_main_backend(with_rule(), with_docker(), Backend::kNft).backend, Backend::kLegacy);
}

TEST(RefuseSplit, ANameInTheOtherBackendIsRefusedAtItsWish) {
  auto wishes = wishes_from({chain_wishes("-s 10.0.0.1 -j DROP,\n ssh: -j ACCEPT, '~absent': gone")}).value();
  BackendChoice choice{
      .backend = Backend::kNft, .why = "", .other = with_rule("-m comment --comment ssh -j DROP")};
  EXPECT_THAT(
      told(refuse_split(wishes, choice)),
      StartsWith("a.yaml:3:2: a rule of this name stands in the backend legacy, which Docker does not use"));
  choice.other = with_rule("-m comment --comment other -j DROP");
  EXPECT_EQ(told(refuse_split(wishes, choice)), "no error");
  choice.other = std::nullopt;
  EXPECT_EQ(told(refuse_split(wishes, choice)), "no error");
}

}  // namespace
}  // namespace pyfw
