// One writer of ours at a time, and the lock of iptables itself.

#include <fmt/format.h>

#include "live.h"

namespace pyfw::netns {
namespace {

using testing::HasSubstr;

constexpr auto kWaiting = "pyfw: another pyfw is at work on this host, waiting for it\n";

class Locks : public LiveTest {
 protected:
  void SetUp() override {
    LiveTest::SetUp();
    if (IsSkipped()) return;
    wish(
        "pyfw_wishes:\n  iptables:\n    filter:\n      INPUT:\n        rules:\n        - one: -s 10.0.0.1 -j "
        "ACCEPT\n");
  }

  // A pyfw that hangs in its first command until /run/go is there.
  [[nodiscard]] lab::Started hanging() const {
    before_each_command("touch /run/hangs; while ! test -e /run/go; do sleep 0.02; done");
    auto first = started({"--apply"});
    wait_until([this] { return sh("ls /run").find("hangs") != std::string::npos; });
    return first;
  }
  [[nodiscard]] lab::Started started(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), PYFW_PROGRAM);
    auto program = host().start(arguments);
    if (!program) throw std::runtime_error(program.error().message);
    return std::move(*program);
  }
};

TEST_P(Locks, ASecondApplySaysThatItWaitsAndThenFindsTheWorkDone) {
  auto first = hanging();
  auto second = started({"--apply"});
  wait_until([&] { return second.said() == kWaiting; });
  sh("touch /run/go");
  wait_until([&] { return !first.running() && !second.running(); });
  EXPECT_THAT(first.said(), HasSubstr("Executing command  1/1: "));
  EXPECT_EQ(second.said(), std::string(kWaiting) + kAlreadyFulfilled);
}

TEST_P(Locks, APlanNeedsNoLock) {
  auto first = hanging();
  EXPECT_THAT(pyfw({}).out, HasSubstr("iptables -w -t filter -I INPUT 1 -s 10.0.0.1/32"));
  EXPECT_TRUE(first.running());
}

TEST_P(Locks, TheLockGoesWithAKilledHolder) {
  auto first = hanging();
  ASSERT_TRUE(first.stop(9));
  sh("touch /run/go");
  apply_and_expect_fulfilled();
}

TEST_P(Locks, AnotherNamespaceIsNotHeldUp) {
  auto first = hanging();
  // Its files are those of the first host, its network is not.
  auto run =
      host().run({"/usr/bin/unshare", "-n", "/bin/sh", "-c",
                  fmt::format("rm /run/asks/*; ln -sf {0} /etc/alternatives/iptables; exec {1} --apply",
                              is_legacy() ? "/usr/sbin/xtables-legacy-multi" : "/usr/sbin/xtables-nft-multi",
                              PYFW_PROGRAM)});
  ASSERT_TRUE(run);
  EXPECT_THAT(run->out, HasSubstr("Executing command  1/1: ")) << run->err;
  EXPECT_EQ(run->status, 0);
}

class LongHeldLock : public Locks {};

TEST_P(LongHeldLock, IsAnErrorThatSaysSoAndChangesNothing) {
  auto first = hanging();
  auto before = save();
  auto run = pyfw({"--apply"});
  EXPECT_EQ(run.err, std::string(kWaiting) +
                         "pyfw: error: another pyfw is at work on this host, and did not end within 10 s\n");
  EXPECT_EQ(run.out, "");
  EXPECT_EQ(run.status, 1);
  EXPECT_EQ(save(), before);
}

class XtablesLock : public Locks {};

TEST_P(XtablesLock, HoldsUpNoPlanAndIsWaitedForByAnApply) {
  auto holder = host().start({"/usr/bin/flock", "/run/xtables.lock", "/bin/sh", "-c",
                              "touch /run/held; while ! test -e /run/go; do sleep 0.02; done"});
  ASSERT_TRUE(holder);
  wait_until([this] { return sh("ls /run").find("held") != std::string::npos; });
  EXPECT_THAT(pyfw({}).out, HasSubstr("-I INPUT 1 -s 10.0.0.1/32"));
  auto waiting = started({"--apply"});
  wait_until([&] { return waiting.said().find("Executing command  1/1") != std::string::npos; });
  EXPECT_TRUE(waiting.running());
  sh("touch /run/go");
  wait_until([&] { return !waiting.running(); });
  EXPECT_EQ(pyfw({}).out, kNothingToDo);
}

PYFW_ON_BOTH_BACKENDS(Locks);
// It takes ten seconds; and only legacy has a lock file.
INSTANTIATE_TEST_SUITE_P(On, LongHeldLock, testing::Values(lab::Backend::kNft), backend_name);
INSTANTIATE_TEST_SUITE_P(On, XtablesLock, testing::Values(lab::Backend::kLegacy), backend_name);

}  // namespace
}  // namespace pyfw::netns
