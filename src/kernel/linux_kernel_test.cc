// What the kernel's seam promises where others write too.

#include "kernel/linux_kernel.h"

#include "sys/namespace_for_tests.h"

namespace pyfw {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const TableId kFilter{.family = Family::kIpv4, .table = "filter"};

TableCommit insert(const std::string& chain, const std::string& rule, std::size_t at = 1) {
  TableCommit commit{.family = Family::kIpv4, .table = "filter", .lines = {}};
  commit.lines.push_back({.chain = chain, .rule = Rule{rule}, .at = at});
  return commit;
}

class LinuxKernelTest : public InOwnNamespace {
 protected:
  static std::vector<std::string> rules(const State& state, const std::string& chain) {
    std::vector<std::string> texts;
    if (const auto* found = find_chain(state.iptables, "filter", chain))
      for (const auto& rule : found->rules) texts.push_back(rule.text);
    return texts;
  }
  Generation now() { return expect(kernel.generation()); }
  void listen() { EXPECT_THAT(kernel.other_writers(), testing::IsEmpty()); }

  LinuxKernel kernel{Backend::kNft};
};

TEST_F(LinuxKernelTest, WhoWroteBeforeOurCommitMakesItStale) {
  auto seen = now();
  sh("iptables-nft -A INPUT -j LOG");
  EXPECT_EQ(expect(kernel.commit(insert("INPUT", "-j DROP"), seen)), Committed::kStale);
  EXPECT_EQ(expect(kernel.commit(insert("INPUT", "-j DROP"), now())), Committed::kDone);
}

TEST_F(LinuxKernelTest, WhetherOnlyWeWroteIsKnownAlsoWhenOthersWroteLater) {
  listen();
  auto seen = now();
  ASSERT_EQ(expect(kernel.commit(insert("INPUT", "-j DROP"), seen)), Committed::kDone);
  EXPECT_TRUE(expect(kernel.only_we_wrote(seen, 1)));
  sh("iptables-nft -A INPUT -j LOG");
  EXPECT_TRUE(expect(kernel.only_we_wrote(seen, 1)));
  EXPECT_FALSE(expect(kernel.only_we_wrote(seen, 2)));
}

TEST_F(LinuxKernelTest, WhoWroteFirstOrInBetweenIsSeen) {
  listen();
  auto seen = now();
  sh("iptables-nft -A INPUT -j LOG");
  ASSERT_EQ(expect(kernel.commit(insert("INPUT", "-j DROP"), now())), Committed::kDone);
  EXPECT_FALSE(expect(kernel.only_we_wrote(seen, 1)));
  auto between = now();
  ASSERT_EQ(expect(kernel.commit(insert("INPUT", "-j DROP"), between)), Committed::kDone);
  sh("iptables-nft -A INPUT -j LOG");
  ASSERT_EQ(expect(kernel.commit(insert("INPUT", "-j DROP"), now())), Committed::kDone);
  EXPECT_FALSE(expect(kernel.only_we_wrote(between, 2)));
}

// Both may have written the one that came first.
TEST_F(LinuxKernelTest, ARivalThatUsesOurProgramLeavesItUncertain) {
  listen();
  auto seen = now();
  ASSERT_EQ(expect(kernel.commit(insert("INPUT", "-j DROP"), seen)), Committed::kDone);
  sh("iptables-nft-restore --noflush", "*filter\n-A INPUT -j LOG\nCOMMIT\n");
  EXPECT_FALSE(expect(kernel.only_we_wrote(seen, 1)));
}

TEST_F(LinuxKernelTest, WithoutListeningOnlyAQuietEndIsCertain) {
  auto seen = now();
  ASSERT_EQ(expect(kernel.commit(insert("INPUT", "-j DROP"), seen)), Committed::kDone);
  EXPECT_TRUE(expect(kernel.only_we_wrote(seen, 1)));
  sh("iptables-nft -A INPUT -j LOG");
  EXPECT_FALSE(expect(kernel.only_we_wrote(seen, 1)));
}

TEST_F(LinuxKernelTest, ATableIsReadAgainAsItIsWhetherItsRulesAreKnownOrNot) {
  sh("iptables-nft -N c; iptables-nft -A c -j LOG; iptables-nft -A INPUT -s 10.0.0.1 -j DROP");
  auto state = expect(kernel.read());
  listen();
  for (const auto* script :
       {"true", "iptables-nft -I INPUT -s 10.0.0.2 -j DROP", "iptables-nft -P FORWARD DROP",
        "iptables-nft -D c 1", "nft delete table ip filter; iptables-nft -N c; iptables-nft -A INPUT -j LOG",
        "iptables-nft -R INPUT 1 -j DROP",  // by the same handle
        "iptables-nft -R INPUT 1 -j ACCEPT; iptables-nft -A INPUT -j c"}) {
    sh(script);
    for (int twice = 0; twice < 2; ++twice) {
      auto generation = expect(kernel.read_again(std::span(&kFilter, 1), state));
      EXPECT_EQ(generation, now()) << script;
      EXPECT_EQ(expect(kernel.difference_from(state, nullptr)), "") << script;
    }
  }
  EXPECT_THAT(rules(state, "INPUT"), ElementsAre("-j ACCEPT", "-j c"));
}

HandleCommit deletes() {
  return {.family = Family::kIpv4,
          .table = "filter",
          .chains = {{.chain = "INPUT", .at = {1, 3}, .of = 4, .before_at = {0, 2}, .before_of = 3}}};
}

class HandlesForeseen : public LinuxKernelTest {
 protected:
  void SetUp() override {
    LinuxKernelTest::SetUp();
    if (IsSkipped()) return;
    sh("iptables-nft-restore",
       "*filter\n-A INPUT -s 10.0.0.1\n-A INPUT -s 10.0.0.2\n-A INPUT -s 10.0.0.3\nCOMMIT\n");
    seen = now();
  }
  void foresee() {
    std::vector<Commit> way = {insert("INPUT", "-j LOG"), deletes()};
    kernel.foresee(way, Foresight::kToTheLetter);
  }
  [[nodiscard]] std::vector<std::string> input() { return rules(expect(kernel.read()), "INPUT"); }

  Generation seen;
};

TEST_F(HandlesForeseen, TheRulesThatAreMeantGo) {
  foresee();
  ASSERT_EQ(expect(kernel.commit(insert("INPUT", "-j LOG"), seen)), Committed::kDone);
  EXPECT_EQ(expect(kernel.commit(deletes(), now())), Committed::kDone);
  EXPECT_THAT(input(), ElementsAre("-j LOG", "-s 10.0.0.2/32"));
}

TEST_F(HandlesForeseen, TheSameGoWhereNothingWasForeseen) {
  ASSERT_EQ(expect(kernel.commit(insert("INPUT", "-j LOG"), seen)), Committed::kDone);
  EXPECT_EQ(expect(kernel.commit(deletes(), now())), Committed::kDone);
  EXPECT_THAT(input(), ElementsAre("-j LOG", "-s 10.0.0.2/32"));
}

TEST_F(HandlesForeseen, AfterALookTheHandlesThatItSawServe) {
  expect(kernel.read());
  expect(kernel.finish_reading());
  foresee();
  ASSERT_EQ(expect(kernel.commit(insert("INPUT", "-j LOG"), seen)), Committed::kDone);
  EXPECT_EQ(expect(kernel.commit(deletes(), now())), Committed::kDone);
  EXPECT_THAT(input(), ElementsAre("-j LOG", "-s 10.0.0.2/32"));
}

TEST_F(HandlesForeseen, NothingGoesWhereOthersWroteMeanwhile) {
  foresee();
  ASSERT_EQ(expect(kernel.commit(insert("INPUT", "-j LOG"), seen)), Committed::kDone);
  auto after_ours = now();
  sh("iptables-nft -I INPUT -s 10.9.9.9");
  EXPECT_EQ(expect(kernel.commit(deletes(), after_ours)), Committed::kStale);
  EXPECT_THAT(input(),
              ElementsAre("-s 10.9.9.9/32", "-j LOG", "-s 10.0.0.1/32", "-s 10.0.0.2/32", "-s 10.0.0.3/32"));
}

TEST_F(HandlesForeseen, WhatOthersPutInTheirPlaceStays) {
  foresee();
  sh("iptables-nft -D INPUT 1; iptables-nft -A INPUT -s 10.9.9.9");
  auto seen_anew = now();
  ASSERT_EQ(expect(kernel.commit(insert("INPUT", "-j LOG"), seen_anew)), Committed::kDone);
  // By its places, which are of the chain as it is now.
  EXPECT_EQ(expect(kernel.commit(deletes(), now())), Committed::kDone);
  EXPECT_THAT(input(), ElementsAre("-j LOG", "-s 10.0.0.3/32"));
}

// iptables-restore looks sets up by their names when it reads the line.
TEST_F(LinuxKernelTest, ARuleOfASetIsNotReadBeforeTheSetIsTheOneThatIsMeant) {
  sh("ipset create web hash:ip && ipset create other hash:net");
  Commit commit = insert("INPUT", "-m set --match-set web src -j DROP");
  auto seen = now();
  kernel.foresee(std::span(&commit, 1), Foresight::kToTheLetter);
  sh("ipset rename web third && ipset rename other web");
  ASSERT_EQ(expect(kernel.commit(commit, seen)), Committed::kDone);
  sh("ipset destroy third");
  EXPECT_THAT(sh("ipset destroy web 2>&1 || true"), HasSubstr("in use"));
}

// The kernel frees what rules hold some time after they are gone.
TEST_F(LinuxKernelTest, ASetGoesRightAfterTheRulesThatNamedIt) {
  std::string rules = "*filter\n";
  for (int i = 0; i < 3000; ++i) rules += "-A INPUT -m set --match-set web src -j DROP\n";
  sh("ipset create web hash:ip; ipset create other hash:ip; iptables-nft-restore", rules + "COMMIT\n");
  sh("iptables-nft -F INPUT");
  EXPECT_EQ(expect(kernel.commit(SetCommit{{"destroy other", "destroy web", "create last hash:ip"}}, now())),
            Committed::kDone);
  EXPECT_EQ(sh("ipset list -n"), "last\n");
}

TEST_F(LinuxKernelTest, ASetThatARuleNamesIsRefusedAtItsLine) {
  sh("ipset create web hash:ip; iptables-nft -A INPUT -m set --match-set web src -j DROP");
  auto seen = now();
  sh("iptables-nft -A INPUT -j LOG");
  auto done = kernel.commit(SetCommit{{"create other hash:ip", "destroy web"}}, seen);
  ASSERT_FALSE(done);
  EXPECT_THAT(done.error().message, HasSubstr("in use by a kernel component"));
  ASSERT_TRUE(done.error().place);
  EXPECT_EQ(done.error().place->line, 2U);
}

TEST_F(LinuxKernelTest, WhatDiffersIsToldAndASightingOfACopyHidesNothing) {
  sh("iptables-nft -A INPUT -j DROP");
  auto state = expect(kernel.read());
  auto copy = expect(kernel.copy(state));
  EXPECT_EQ(expect(copy->difference_from(state, nullptr)), "");
  auto sighting = copy->sighting();
  ASSERT_NE(sighting, nullptr);
  EXPECT_EQ(expect(kernel.difference_from(state, sighting.get())), "");
  sh("iptables-nft -A INPUT -j LOG");
  EXPECT_THAT(expect(kernel.difference_from(state, sighting.get())), HasSubstr("iptables filter INPUT"));
  sh("iptables-nft -D INPUT 2; ipset create new hash:ip");
  EXPECT_THAT(expect(kernel.difference_from(state, sighting.get())), HasSubstr("set new"));
}

}  // namespace
}  // namespace pyfw
