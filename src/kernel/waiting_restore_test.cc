#include "kernel/waiting_restore.h"

#include "sys/namespace_for_tests.h"

namespace pyfw {
namespace {

using testing::HasSubstr;
using testing::Not;

const std::vector<std::string> kRestore = {"/usr/sbin/iptables-nft-restore", "--noflush"};

class WaitingRestoreTest : public InOwnNamespace {
 protected:
  static std::string saved() { return sh("iptables-nft-save"); }
};

TEST_F(WaitingRestoreTest, DoesNothingBeforeItIsToldTheEnd) {
  auto waiting = expect(WaitingRestore::start(kRestore, "*filter\n-A INPUT -s 10.0.0.1/32 -j DROP\n"));
  sh("iptables-nft -A INPUT -s 10.0.0.2 -j DROP");
  EXPECT_THAT(saved(), Not(HasSubstr("10.0.0.1")));
  auto outcome = expect(std::move(waiting).finish(
      "*filter\n-A INPUT -s 10.0.0.1/32 -j DROP\n-A INPUT -s 10.0.0.3/32 -j DROP\nCOMMIT\n"));
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_THAT(saved(), HasSubstr("-A INPUT -s 10.0.0.2/32 -j DROP\n-A INPUT -s 10.0.0.1/32 -j DROP\n"
                                 "-A INPUT -s 10.0.0.3/32 -j DROP\n"));
}

TEST_F(WaitingRestoreTest, OneThatIsGivenUpDoesNothing) {
  {
    auto waiting = expect(WaitingRestore::start(kRestore, "*filter\n-A INPUT -j DROP\n"));
    auto moved = std::move(waiting);
  }
  EXPECT_THAT(saved(), Not(HasSubstr("DROP")));
}

// As when pyfw dies.
TEST_F(WaitingRestoreTest, OneWhoseInputEndsBeforeCommitDoesNothing) {
  sh("iptables-nft-restore --noflush 2>/dev/null || true", "*filter\n-A INPUT -j DROP\n");
  EXPECT_THAT(saved(), Not(HasSubstr("DROP")));
}

TEST_F(WaitingRestoreTest, BecomesOnlyWhatItWasToldTheBeginningOf) {
  auto waiting = expect(WaitingRestore::start(kRestore, "*filter\n"));
  EXPECT_TRUE(waiting.can_become("*filter\nCOMMIT\n"));
  EXPECT_FALSE(waiting.can_become("*nat\nCOMMIT\n"));
  EXPECT_FALSE(waiting.can_become("*filter"));
}

TEST_F(WaitingRestoreTest, WhatItRefusedWhileItWaitedIsToldAtTheEnd) {
  std::string text = "*filter\n-A INPUT --no-such\n";
  auto waiting = expect(WaitingRestore::start(kRestore, text));
  auto outcome = expect(std::move(waiting).finish(text + "COMMIT\n"));
  EXPECT_NE(outcome.status, 0);
  EXPECT_THAT(outcome.err, HasSubstr("--no-such"));
}

TEST_F(WaitingRestoreTest, TakesMoreThanFitsOnItsWay) {
  std::string text = "*filter\n";
  for (int i = 0; i < 20'000; ++i) text += "-A INPUT -m comment --comment some-words-of-no-use -j ACCEPT\n";
  auto waiting = expect(WaitingRestore::start(kRestore, text));
  auto outcome = expect(std::move(waiting).finish(text + "-A INPUT -j DROP\nCOMMIT\n"));
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_THAT(saved(), HasSubstr("-A INPUT -j DROP\n"));
}

TEST_F(WaitingRestoreTest, ALongOneThatIsGivenUpKeepsNobodyWaiting) {
  std::string text = "*filter\n";
  for (int i = 0; i < 200'000; ++i) text += "-A INPUT -m comment --comment some-words-of-no-use -j ACCEPT\n";
  expect(WaitingRestore::start(kRestore, text));
  EXPECT_THAT(saved(), Not(HasSubstr("words")));
}

}  // namespace
}  // namespace pyfw
