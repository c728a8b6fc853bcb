// What the daemon holds is what its owner applied and confirmed, whatever stands in the files.

#include <fmt/format.h>

#include "base/strings.h"
#include "watch/watching.h"

namespace pyfw::netns {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

constexpr const char* kClosed = R"(
pyfw_wishes:
  iptables: { filter: { FORWARD: { rules: [ closed: -p tcp --dport 23 -j DROP ] } } }
)";
constexpr const char* kOther = R"(
pyfw_wishes:
  iptables: { filter: { FORWARD: { rules: [ other: -p tcp --dport 24 -j DROP ] } } }
)";
constexpr const char* kBad = R"(
pyfw_wishes:
  iptables: { filter: { FORWARD: { rules: [ other: -p tcp --dport 24 -j DROPP ], nonsense: 1 } } }
)";

class Owner : public WatchTest {
 protected:
  // By wan0, the default route, and by wan1.
  void two_ways_out() const {
    sh("for i in 0 1; do ip link add wan$i type veth peer name peer$i; ip link set wan$i up; "
       "ip link set peer$i up; ip addr add 10.7.$i.2/24 dev wan$i; done; ip route add default via 10.7.0.1");
  }
  [[nodiscard]] bool has(std::string_view name) const {
    return save().find(fmt::format("--comment {} ", name)) != std::string::npos;
  }
};

TEST_P(Owner, BeforeTheFirstApplyNothingIsHeldAndFromThenOnItIs) {
  start_watch();
  EXPECT_THAT(note().standing, HasSubstr("nothing was applied yet"));
  wish(kClosed);
  apply_for_good();
  wait_until([&] { return note().standing.empty(); });
  sh("iptables -F");
  expect_held();
  EXPECT_TRUE(has("closed"));
}

TEST_P(Owner, AnEditIsToldOfAndNotFollowed) {
  wish(kClosed);
  apply_for_good();
  start_watch();
  wish(kOther);
  wait_for_log("the wishes were edited since they were applied: `pyfw apply` applies them");
  sh("iptables -F");
  wait_until([&] { return has("closed"); });
  EXPECT_FALSE(has("other"));
  apply_for_good();
  wait_until([&] { return note().edit.empty(); });
  sh("iptables -F");
  expect_held();
  EXPECT_TRUE(has("other"));
  EXPECT_FALSE(has("closed"));
}

TEST_P(Owner, WithFollowAnEditIsAppliedAndABadOneReportedWithItsPlace) {
  wish(kClosed);
  apply_for_good();
  start_watch({"--follow"});
  wish(kOther);
  wait_until([&] { return has("other"); });
  EXPECT_FALSE(has("closed"));
  wish(kBad);
  wait_for_log("wishes.yaml:3:");
  EXPECT_THAT(log(), HasSubstr("the last good ones are held"));
  sh("iptables -F");
  wait_until([&] { return has("other"); });
  wish(kClosed);
  wait_until([&] { return has("closed") && !has("other"); });
  wait_until([&] { return note().edit.empty(); });
}

TEST_P(Owner, AChangeThatWaitsForItsConfirmIsLeftAlone) {
  wish(kClosed);
  apply_for_good();
  start_watch();
  wish(kOther);
  apply_for_good({"--confirm-within", "10m"});
  wait_for_log("a change waits for its confirm: nothing is held");
  sh("iptables -F");
  sh("sleep 0.5");
  EXPECT_FALSE(has("other") || has("closed"));
  ASSERT_EQ(pyfw({"confirm", "--force"}).status, 0);
  wait_until([&] { return has("other"); });
  EXPECT_FALSE(has("closed"));
}

TEST_P(Owner, AfterAnUndoTheFormerWishesAreHeld) {
  wish(kClosed);
  apply_for_good();
  start_watch();
  wish(kOther);
  apply_for_good({"--confirm-within", "3s"});
  wait_until([&] { return has("closed"); });
  wait_until([&] { return note().standing.empty(); });
  sh("iptables -F");
  wait_until([&] { return has("closed"); });
  EXPECT_FALSE(has("other"));
}

TEST_P(Owner, ARollbackIsNotTakenBack) {
  wish(kClosed);
  apply_for_good();
  wish(kOther);
  apply_for_good();
  start_watch();
  ASSERT_EQ(pyfw({"rollback"}).status, 0);
  wait_until([&] { return has("closed"); });
  sh("sleep 0.5; iptables -F");
  wait_until([&] { return has("closed"); });
  EXPECT_FALSE(has("other"));
}

TEST_P(Owner, ASecondOneInTheSameNamespaceDoesNotStart) {
  start_watch();
  auto second = pyfw({"watch"});
  EXPECT_EQ(second.status, 1);
  EXPECT_THAT(second.err, HasSubstr("pyfw watch runs here already (pid "));
  kill_watch();
  start_watch();
}

TEST_P(Owner, OfSeveralThatStartAtOnceOneRuns) {
  wish(kClosed);
  apply_for_good();
  sh(fmt::format("for i in 1 2 3 4; do {} watch >/run/watch$i 2>&1 </dev/null & done", PYFW_PROGRAM));
  wait_until([&] { return sh("cat /run/watch? | grep -c 'runs here already' || true") == "3\n"; });
  wait_until([&] { return pyfw({"status"}).out.find("The daemon runs since") != std::string::npos; });
  sh(fmt::format("kill {}", note().pid));
}

TEST_P(Owner, WhatIsAppliedToTheOtherBackendIsHeldThereAndAfterABoot) {
  start_watch();
  auto other = is_legacy() ? std::string("nft") : std::string("legacy");
  auto there = [&] { return sh(fmt::format("iptables-{} -S FORWARD 2>&1", other)); };
  auto is_there = [&] { return there().find("closed") != std::string::npos; };
  wish(kClosed);
  apply_for_good({"--backend", other});
  wait_until([&] { return note().standing.empty(); });
  sh(fmt::format("iptables-{} -F FORWARD", other));
  wait_until(is_there);
  EXPECT_FALSE(has("closed")) << log();
  stop_watch();
  sh(fmt::format("iptables-{} -F FORWARD", other));
  EXPECT_EQ(pyfw({"boot"}).status, 0);
  EXPECT_TRUE(is_there());
  EXPECT_FALSE(has("closed"));
  EXPECT_EQ(pyfw({"status"}).status, 0);
}

TEST_P(Owner, AStateFolderThatIsRemovedAndMadeAnewIsTheOneThatCounts) {
  wish(kClosed);
  apply_for_good();
  start_watch();
  sh("rm -rf /var/lib/pyfw/*");
  wait_for_log("nothing was applied yet");
  wish(kOther);
  apply_for_good({"--adopt"});
  wait_until([&] { return pyfw({"status"}).out.find("The daemon runs since") != std::string::npos; });
  wait_until([&] { return note().standing.empty(); });
  sh("iptables -F");
  wait_until([&] { return has("other"); });
  wait_until([&] { return history().repairs > 0; });
}

constexpr const char* kFollows = R"(
pyfw_wishes:
  iptables:
    filter:
      FORWARD:
        rules:
        - closed: -p tcp --dport 23 -j DROP
        - outside: -i ${external_interface} -p tcp --dport 24 -j DROP
)";

TEST_P(Owner, WhereNothingCanBeWrittenDownWhatWasHeldBeforeStillIs) {
  sh("mkdir -p -m 700 /var/lib/pyfw; mount --bind /var/lib/pyfw /var/lib/pyfw");
  two_ways_out();
  wish(kFollows);
  apply_for_good();
  start_watch();
  EXPECT_THAT(save(), HasSubstr("-i wan0"));
  sh("mount -o remount,bind,ro /var/lib/pyfw");
  sh("ip route replace default via 10.7.1.1");
  wait_for_log("can't hold the wishes, trying again");
  for (int i = 0; i < 3; ++i) {
    sh("iptables -D FORWARD 1; sleep 1.5");
    EXPECT_TRUE(has("closed")) << log();
  }
  EXPECT_THAT(save(), HasSubstr("-i wan0"));
  sh("mount -o remount,bind,rw /var/lib/pyfw");
  wait_until([&] { return save().find("-i wan1") != std::string::npos; });
  wait_until([&] { return note().standing.empty(); });
}

TEST_P(Owner, WhereItStartsAndNothingCanBeWrittenDownTheLastValuesAreHeld) {
  sh("mkdir -p -m 700 /var/lib/pyfw; mount --bind /var/lib/pyfw /var/lib/pyfw");
  two_ways_out();
  wish(kFollows);
  apply_for_good();
  sh("ip route replace default via 10.7.1.1");
  sh("mount -o remount,bind,ro /var/lib/pyfw");
  sh(fmt::format("{} watch >/run/watch 2>&1 </dev/null & echo $! >/run/watch.pid", PYFW_PROGRAM));
  wait_until(
      [&] { return sh("cat /run/watch").find("can't hold the wishes, trying again") != std::string::npos; });
  for (int i = 0; i < 3; ++i) {
    sh("iptables -F FORWARD");
    wait_until([&] { return has("closed") && save().find("-i wan0") != std::string::npos; });
  }
  sh("mount -o remount,bind,rw /var/lib/pyfw");
  wait_until([&] { return save().find("-i wan1") != std::string::npos; });
  EXPECT_THAT(save(), Not(HasSubstr("-i wan0")));
  sh("kill $(cat /run/watch.pid)");
}

TEST_P(Owner, WhereTheExternalInterfaceCantBeNamedTheLastOneIsHeld) {
  two_ways_out();
  wish(kFollows);
  apply_for_good();
  start_watch();
  sh("ip link set wan1 down; ip link set wan1 name e+; ip link set e+ up; ip route replace default via "
     "10.7.1.1");
  wait_for_log("no rule can name the interface 'e+'");
  sh("iptables -F FORWARD");
  wait_until([&] { return has("closed") && save().find("-i wan0") != std::string::npos; });
  EXPECT_THAT(log(), Not(HasSubstr("can't hold the wishes")));
  EXPECT_THAT(note().standing, IsEmpty());
}

TEST_P(Owner, AHostThatChangesAgainAndAgainIsFollowedAndNoRival) {
  two_ways_out();
  wish(kFollows);
  apply_for_good();
  start_watch();
  for (int i = 0; i < 20; ++i)
    for (int out : {1, 0}) {
      sh(fmt::format("ip route replace default via 10.7.{}.1", out));
      wait_until([&] { return save().find(fmt::format("-i wan{}", out)) != std::string::npos; });
    }
  EXPECT_THAT(log(), Not(HasSubstr("again and again")));
  sh("iptables -F FORWARD");
  wait_until([&] { return has("closed"); });
}

constexpr const char* kNamesTheirs = R"(
pyfw_wishes:
  iptables:
    mangle:
      FORWARD:
        rules:
        - to_theirs: -p tcp --dport 25 -j THEIRS
    filter:
      FORWARD:
        rules:
        - -i ${external_interface} -p tcp --dport 24 -j DROP
)";

// A rule without a name is known as pyfw's by its text alone.
TEST_P(Owner, ARuleThatIsPutInWhileAnotherTableCantBeHeldIsKnownAsOurs) {
  two_ways_out();
  sh("iptables -t mangle -N THEIRS");
  wish(kNamesTheirs);
  apply_for_good();
  start_watch();
  sh("printf '*mangle\nCOMMIT\n' | iptables-restore; ip route replace default via 10.7.1.1");
  wait_until([&] { return save().find("-i wan1") != std::string::npos; });
  EXPECT_THAT(save(), Not(HasSubstr("-i wan0")));
  sh("ip route replace default via 10.7.0.1");
  wait_until([&] { return save().find("-i wan0") != std::string::npos; });
  wait_until([&] { return save().find("-i wan1") == std::string::npos; });
  sh("iptables -t mangle -N THEIRS");
  expect_held();
  EXPECT_THAT(rules("FORWARD"), SizeIs(1));
  for (const auto& repair : history().newest) EXPECT_LT(repair.lasted_ms, 60'000) << repair.what;
}

TEST_P(Owner, HoldsTheNamespaceThatItWasToldOf) {
  sh("ip netns add blue");
  wish(kClosed);
  apply_for_good({"--netns", "blue"});
  start_watch({"--netns", "blue"});
  auto there = [&] { return sh("ip netns exec blue iptables -S FORWARD"); };
  sh("ip netns exec blue iptables -F FORWARD");
  wait_until([&] { return there().find("closed") != std::string::npos; });
  wait_until([&] { return history().repairs == 1; });
  EXPECT_THAT(pyfw({"status", "--netns", "blue"}).out, HasSubstr("The daemon runs since"));
  EXPECT_THAT(pyfw({"status"}).out, HasSubstr("Nothing was applied yet"));
  EXPECT_THAT(rules("FORWARD"), IsEmpty());
}

PYFW_ON_BOTH_BACKENDS(Owner);

}  // namespace
}  // namespace pyfw::netns
