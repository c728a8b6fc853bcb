#include "kernel/chain_handles.h"

#include "sys/namespace_for_tests.h"

namespace pyfw {
namespace {

using testing::ElementsAre;
using testing::Field;
using testing::Optional;
using testing::SizeIs;

// What stands in INPUT, as it was before a rival has put a rule in front of it.
class ChainHandlesTest : public InOwnNamespace {
 protected:
  void SetUp() override {
    InOwnNamespace::SetUp();
    if (IsSkipped()) return;
    sh("for target in LOG DROP ACCEPT; do iptables-nft -A INPUT -j $target; done");
    nft_.emplace(expect(NftRules::open()));
    since_ = expect(nft_->generation());
    before_ = in_input();
  }
  std::vector<std::uint64_t> in_input() {
    return expect(nft_->handles_of_chain(Family::kIpv4, "filter", "INPUT"));
  }
  static void rival() { sh("iptables-nft -I INPUT -p tcp"); }

  void foresee(const Commit& commit) { handles_.foresee(std::span(&commit, 1), since_, false); }
  std::size_t known_of(const TableCommit& commit) {
    auto table = expect(handles_.chains_for(commit, since_, *nft_));
    auto input = std::ranges::find(table.chains, "INPUT", &ChainOfHandles::name);
    return input == table.chains.end() ? 0 : input->rules.size();
  }

  const HandleCommit second_goes_{
      .table = "filter",
      .chains = {{.chain = "INPUT", .at = {1}, .of = 3, .before_at = {1}, .before_of = 3}}};
  const TableCommit change_{.table = "filter", .lines = {}, .sizes = {{"INPUT", 3}}};
  Netns netns_{Backend::kNft};
  ChainHandles handles_{netns_};
  std::optional<NftRules> nft_{};
  std::uint32_t since_ = 0;
  std::vector<std::uint64_t> before_{};
};

TEST_F(ChainHandlesTest, WhatWasForeseenIsNotAskedForAgain) {
  foresee(second_goes_);
  (void)expect(handles_.rules_of(second_goes_, since_));
  rival();
  EXPECT_THAT(expect(handles_.rules_of(second_goes_, since_)),
              Optional(ElementsAre(Field(&RuleHandle::handle, before_[1]))));
}

TEST_F(ChainHandlesTest, WhatIsOfAnotherTimeIsAskedForAndThenOfAnotherLength) {
  foresee(second_goes_);
  rival();
  EXPECT_EQ(expect(handles_.rules_of(second_goes_, since_ + 1)), std::nullopt);
}

TEST_F(ChainHandlesTest, ASightingKnowsAllOfThem) {
  handles_.take(see(netns_), since_);
  rival();
  EXPECT_THAT(expect(handles_.rules_of(second_goes_, since_)),
              Optional(ElementsAre(Field(&RuleHandle::handle, before_[1]))));
}

TEST_F(ChainHandlesTest, PlacesAreCountedAnewOnceWeHaveChangedTheTable) {
  foresee(change_);
  EXPECT_EQ(known_of(change_), 3);
  rival();
  EXPECT_EQ(known_of(change_), 3);
  handles_.note_change({.table = "filter"});
  EXPECT_EQ(known_of(change_), 4);
}

TEST_F(ChainHandlesTest, OfAChainThatNobodyAskedForItIsAsked) {
  EXPECT_THAT(expect(handles_.rules_of(second_goes_, since_)), Optional(SizeIs(1)));
  EXPECT_EQ(known_of(change_), 3);
}

}  // namespace
}  // namespace pyfw
