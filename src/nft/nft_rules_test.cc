#include "nft/nft_rules.h"

#include <fmt/format.h>

#include <thread>

#include "base/strings.h"
#include "sys/namespace_for_tests.h"

namespace pyfw {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class NftRulesTest : public InOwnNamespace {
 protected:
  void SetUp() override {
    InOwnNamespace::SetUp();
    if (!IsSkipped()) nft_.emplace(expect(NftRules::open()));
  }

  // `count` rules in a chain, -s 10.0.0.0, 10.0.0.1, …
  static void restore_rules(int count, const std::string& chain = "INPUT") {
    std::string text = "*filter\n";
    for (int i = 0; i < count; ++i)
      text += fmt::format("-A {} -s 10.0.{}.{}/32 -j DROP\n", chain, i / 256, i % 256);
    sh("iptables-nft-restore --noflush", text + "COMMIT\n");
  }
  static std::vector<std::string> saved() {
    std::vector<std::string> rules;
    auto text = sh("iptables-nft-save");
    for (auto line : split(text, '\n'))
      if (line.starts_with("-A")) rules.emplace_back(line);
    return rules;
  }
  [[nodiscard]] std::vector<RuleHandle> handles(const std::string& chain = "INPUT") {
    std::vector<RuleHandle> found;
    for (auto handle : expect(nft_->handles_of_chain(Family::kIpv4, "filter", chain)))
      found.push_back({.chain = chain, .handle = handle});
    return found;
  }

  std::optional<NftRules> nft_;
};

TEST_F(NftRulesTest, AskingMakesNoTableAndNoGeneration) {
  auto before = expect(nft_->generation());
  EXPECT_THAT(handles(), IsEmpty());
  EXPECT_TRUE(expect(nft_->delete_rules(Family::kIpv4, "filter", {}, before)));
  EXPECT_EQ(sh("nft list tables"), "");
  EXPECT_EQ(expect(nft_->generation()), before);
}

TEST_F(NftRulesTest, EachCommitIsAGeneration) {
  auto before = expect(nft_->generation());
  sh("nft add table ip mine");
  EXPECT_EQ(expect(nft_->generation()), before + 1);
  EXPECT_FALSE(expect(nft_->delete_rules(Family::kIpv4, "filter", {}, before)));
}

TEST_F(NftRulesTest, TheNthHandleIsTheNthRule) {
  restore_rules(3);
  sh("iptables-nft -I INPUT 2 -s 10.9.9.9 -j DROP; iptables-nft -A FORWARD -s 10.9.9.9 -j DROP");
  auto rules = handles();
  ASSERT_THAT(rules, SizeIs(4));
  EXPECT_THAT(handles("FORWARD"), SizeIs(1));
  auto generation = expect(nft_->generation());
  EXPECT_TRUE(expect(nft_->delete_rules(Family::kIpv4, "filter", std::vector{rules[1]}, generation)));
  EXPECT_THAT(saved(), ElementsAre("-A INPUT -s 10.0.0.0/32 -j DROP", "-A INPUT -s 10.0.0.1/32 -j DROP",
                                   "-A INPUT -s 10.0.0.2/32 -j DROP", "-A FORWARD -s 10.9.9.9/32 -j DROP"));
}

TEST_F(NftRulesTest, TheChainsOfATableComeWithPoliciesAndHandles) {
  sh("iptables-nft -N user; iptables-nft -P FORWARD DROP; iptables-nft -A user -j DROP");
  restore_rules(2);
  auto table = expect(nft_->table_by_handles(Family::kIpv4, "filter"));
  const auto& chains = table.chains;
  auto chain = [&](const std::string& name) {
    auto found = std::ranges::find(chains, name, &ChainOfHandles::name);
    return found == chains.end() ? ChainOfHandles() : *found;
  };
  EXPECT_EQ(chain("FORWARD").policy, "DROP");
  EXPECT_EQ(chain("INPUT").policy, "ACCEPT");
  EXPECT_EQ(chain("INPUT").rules, expect(nft_->handles_of_chain(Family::kIpv4, "filter", "INPUT")));
  EXPECT_EQ(chain("user").policy, std::nullopt);
  EXPECT_THAT(chain("user").rules, SizeIs(1));
  EXPECT_THAT(expect(nft_->table_by_handles(Family::kIpv4, "nat")).chains, IsEmpty());
  EXPECT_THAT(expect(nft_->table_by_handles(Family::kIpv6, "filter")).chains, IsEmpty());
  sh("nft delete table ip filter");
  restore_rules(2);
  EXPECT_NE(expect(nft_->table_by_handles(Family::kIpv4, "filter")).handle, table.handle);
}

TEST_F(NftRulesTest, WhatRulesHaveCountedComesWithTheirHandles) {
  sh("iptables-nft-restore --counters",
     "*filter\n[70:700] -A INPUT -s 10.1.1.1 -j DROP\n[0:0] -A INPUT -j DROP\nCOMMIT\n");
  auto table = expect(nft_->table_by_handles(Family::kIpv4, "filter"));
  auto input = std::ranges::find(table.chains, "INPUT", &ChainOfHandles::name);
  ASSERT_NE(input, table.chains.end());
  EXPECT_THAT(input->counters, ElementsAre(Counters{.packets = 70, .bytes = 700}, Counters{}));
  auto later = *input;
  later.counters[0] = {.packets = 71, .bytes = 710};
  EXPECT_EQ(later, *input) << "the rules are the same";
}

TEST_F(NftRulesTest, RulesOfSeveralChainsGoInOneCommit) {
  sh("iptables-nft -N user; iptables-nft -A user -s 10.1.1.1; iptables-nft -A user -s 10.1.1.2");
  restore_rules(2);
  auto generation = expect(nft_->generation());
  std::vector<RuleHandle> gone = {handles()[0], handles("user")[1]};
  EXPECT_TRUE(expect(nft_->delete_rules(Family::kIpv4, "filter", gone, generation)));
  EXPECT_EQ(expect(nft_->generation()), generation + 1);
  EXPECT_THAT(saved(), ElementsAre("-A INPUT -s 10.0.0.1/32 -j DROP", "-A user -s 10.1.1.1/32"));
}

TEST_F(NftRulesTest, NothingIsDeletedOnceSomeoneHasWritten) {
  restore_rules(2);
  auto rules = handles();
  auto generation = expect(nft_->generation());
  sh("nft add table ip mine");
  auto before = saved();
  EXPECT_FALSE(expect(nft_->delete_rules(Family::kIpv4, "filter", rules, generation)));
  EXPECT_EQ(saved(), before);
  EXPECT_TRUE(expect(nft_->delete_rules(Family::kIpv4, "filter", rules, expect(nft_->generation()))));
  EXPECT_THAT(saved(), IsEmpty());
}

TEST_F(NftRulesTest, OneRuleThatIsNotThereKeepsAllTheOthers) {
  restore_rules(3);
  auto rules = handles();
  auto before = saved();
  rules[1].handle += 1000;
  auto done = nft_->delete_rules(Family::kIpv4, "filter", rules, expect(nft_->generation()));
  ASSERT_FALSE(done);
  EXPECT_THAT(done.error().message,
              HasSubstr(fmt::format("delete rule with handle {} of filter INPUT", rules[1].handle)));
  EXPECT_EQ(saved(), before);
  // The socket is good for more.
  rules[1].handle -= 1000;
  EXPECT_TRUE(expect(nft_->delete_rules(Family::kIpv4, "filter", rules, expect(nft_->generation()))));
}

TEST_F(NftRulesTest, TenThousandRulesGoAtOnce) {
  restore_rules(10'000);
  auto rules = handles();
  ASSERT_THAT(rules, SizeIs(10'000));
  auto generation = expect(nft_->generation());
  auto wrong = rules;
  for (auto& rule : wrong) rule.chain = "FORWARD";
  EXPECT_FALSE(nft_->delete_rules(Family::kIpv4, "filter", wrong, generation));
  EXPECT_FALSE(expect(nft_->delete_rules(Family::kIpv4, "filter", rules, generation - 1)));
  EXPECT_THAT(handles(), SizeIs(10'000));
  EXPECT_TRUE(expect(nft_->delete_rules(Family::kIpv4, "filter", rules, generation)));
  EXPECT_THAT(handles(), IsEmpty());
}

TEST_F(NftRulesTest, TheSocketStaysInItsNamespace) {
  restore_rules(1);
  std::vector<RuleHandle> found;
  std::thread elsewhere([&] {
    if (unshare(CLONE_NEWNET) == 0) found = handles();
  });
  elsewhere.join();
  EXPECT_THAT(found, SizeIs(1));
}

TEST_F(NftRulesTest, AChainThatIsWrittenToIsReadAsItOnceWas) {
  restore_rules(2000);
  std::jthread writer([] {
    for (int i = 0; i < 40; ++i) sh("iptables-nft -I INPUT -s 10.9.9.9; iptables-nft -D INPUT 1");
  });
  auto original = handles();
  for (int i = 0; i < 200; ++i) {
    auto rules = handles();
    ASSERT_THAT(rules.size(), testing::AnyOf(2000, 2001));
    auto last = std::vector<RuleHandle>(rules.end() - 2000, rules.end());
    std::vector<RuleHandle> want(original.end() - 2000, original.end());
    ASSERT_TRUE(last == want);
  }
}

}  // namespace
}  // namespace pyfw
