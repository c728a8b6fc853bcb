// A change that waits for its confirm: kept, undone, refused.

#include "confirm.h"

#include <fmt/format.h>

#include "lab/terminal.h"
#include "sys/boot_time.h"

namespace pyfw::netns {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

class Unconfirmed : public ConfirmTest {
 protected:
  // Applies at a terminal, as people do.
  lab::Terminal apply_at_terminal(const std::string& time) {
    auto terminal = lab::Terminal::open(host()).value();
    EXPECT_TRUE(
        terminal.type(fmt::format("{} apply --confirm-within {}; echo status=$?", PYFW_PROGRAM, time)));
    auto said = terminal.read_until("status=0");
    EXPECT_TRUE(said) << said.error().message;
    auto text = said.value_or("");
    EXPECT_THAT(text, HasSubstr("Now open a new connection to this host, and type there:"));
    EXPECT_THAT(text, HasSubstr("  pyfw confirm\r\n"));
    EXPECT_THAT(text, HasSubstr("To undo it at once: pyfw rollback"));
    EXPECT_THAT(save(), HasSubstr("allow_new"));
    return terminal;
  }
};
PYFW_ON_BOTH_BACKENDS(Unconfirmed);

TEST_P(Unconfirmed, IsUndoneThoughTheTerminalHangsUp) {
  auto terminal = apply_at_terminal(kShort);
  terminal.hang_up();
  expect_undone();
}

TEST_P(Unconfirmed, IsUndoneThoughTheSessionIsTerminated) {
  auto terminal = apply_at_terminal(kShort);
  terminal.signal_session(SIGTERM);
  expect_undone();
}

TEST_P(Unconfirmed, IsUndoneThoughTheSessionIsKilled) {
  auto terminal = apply_at_terminal(kShort);
  ASSERT_TRUE(terminal.kill_session());
  expect_undone();
}

TEST_P(Unconfirmed, IsUndoneWithoutWhatOthersDidMeanwhile) {
  sh("iptables -N DOCKER; iptables -A FORWARD -j DOCKER; iptables -A DOCKER -d 172.17.0.2 -j ACCEPT;"
     "iptables -A INPUT -s 10.9.9.9 -j DROP");
  apply_within(kShort);
  sh("iptables -D DOCKER -d 172.17.0.2 -j ACCEPT; iptables -A DOCKER -d 172.17.0.3 -j ACCEPT;"
     "iptables -I FORWARD -i docker0 -j ACCEPT; iptables -I INPUT -s 10.8.8.8 -j DROP;"
     "iptables -D INPUT -s 10.9.9.9 -j DROP; iptables -t nat -A POSTROUTING -s 172.17.0.0/16 -j MASQUERADE");
  wait_until([this] { return !pending(); });
  EXPECT_THAT(rules("DOCKER"), ElementsAre("-d 172.17.0.3/32 -j ACCEPT"));
  EXPECT_THAT(rules("FORWARD"), ElementsAre("-i docker0 -j ACCEPT", "-j DOCKER"));
  EXPECT_THAT(rules("INPUT"),
              ElementsAre("-s 10.8.8.8/32 -j DROP", "-i lo -m comment --comment allow_loopback -j ACCEPT",
                          "-p tcp -m tcp --dport 22 -m comment --comment allow_old -j ACCEPT"));
  EXPECT_THAT(rules("POSTROUTING", "nat"), ElementsAre("-s 172.17.0.0/16 -j MASQUERADE"));
  EXPECT_THAT(save(), HasSubstr(":FORWARD ACCEPT"));
  EXPECT_EQ(sh("ipset list -n"), "");
}

TEST_P(Unconfirmed, IsUndoneAtOnceByRollback) {
  apply_within(kForever);
  auto undone = pyfw({"rollback"});
  EXPECT_EQ(undone.status, 0) << undone.err;
  EXPECT_THAT(undone.out, HasSubstr("allow_new"));
  EXPECT_THAT(undone.out, HasSubstr("Undone: the change that waited for its confirm."));
  expect_undone();
}

TEST_P(Unconfirmed, LetsNoOtherApplyBegin) {
  apply_within(kForever);
  auto waiting = rules_and_sets();
  for (const char* option : {"apply", "--apply"}) {
    auto second = pyfw({option});
    EXPECT_EQ(second.status, 1);
    EXPECT_THAT(second.err, HasSubstr(fmt::format("a change waits for its confirm, and undoes itself at {}",
                                                  pending()->deadline_text)));
    EXPECT_THAT(second.err, HasSubstr("pyfw rollback"));
  }
  EXPECT_EQ(rules_and_sets(), waiting);
}

TEST_P(Unconfirmed, IsToldByWhoeverLooks) {
  apply_within(kForever);
  auto text =
      fmt::format("a change that waits for `pyfw confirm` undoes itself at {}", pending()->deadline_text);
  for (const char* looks :
       {"plan", "state", "snapshots", "--print-state", "--print-desired-state", "--print-state-diff"})
    EXPECT_THAT(pyfw({looks}).err, HasSubstr(text)) << looks;
  EXPECT_THAT(pyfw({}).err, HasSubstr(text));
  sh("iptables-save >/run/saved");
  EXPECT_THAT(pyfw({"--iptables-save", "/run/saved"}).err, Not(HasSubstr("confirm")));
  EXPECT_THAT(pyfw({"state", "--iptables-save", "/run/saved"}).err, Not(HasSubstr("confirm")));
}

// The number of what was undone is given to the next change, whose time is another.
TEST_P(Unconfirmed, IsNotUndoneInTheTimeOfAnEarlierOne) {
  apply_within(kShort);
  auto first = pending().value();
  ASSERT_EQ(pyfw({"rollback"}).status, 0);
  apply_within(kForever);
  ASSERT_EQ(pending()->id, first.id);
  ASSERT_NE(pending()->holder, first.holder);
  wait_until([&] { return !is_running(first.holder); });
  wait_until([&] { return boot_time_now() > first.deadline; });
  ASSERT_TRUE(pending());
  EXPECT_TRUE(is_running(pending()->holder));
  EXPECT_EQ(pyfw({"confirm"}).status, 0);
}

// A Docker that has come meanwhile, on the other backend, would make that one the host's.
TEST_P(Unconfirmed, IsUndoneOnItsOwnBackend) {
  auto meanwhile = [this] {
    sh(fmt::format("/usr/sbin/xtables-{}-multi iptables -N DOCKER", is_legacy() ? "nft" : "legacy"));
  };
  auto forget = [this] {
    sh(fmt::format("/usr/sbin/xtables-{}-multi iptables -X DOCKER", is_legacy() ? "nft" : "legacy"));
  };
  apply_within(kForever);
  meanwhile();
  auto undone = pyfw({"rollback"});
  EXPECT_EQ(undone.status, 0) << undone.err;
  expect_undone();
  forget();
  apply_within(kShort);
  meanwhile();
  expect_undone();
  forget();
  apply_within(kForever);
  meanwhile();
  sh(fmt::format("kill -9 {}", pending()->holder));
  EXPECT_THAT(pyfw({"confirm"}).err, HasSubstr("the change has been undone now"));
  expect_as_before();
  forget();
  apply_within(kForever);
  meanwhile();
  sh(fmt::format("kill -9 {}", pending()->holder));
  // It then refuses to go on, since rules of the wishes' names stand in the wrong backend.
  EXPECT_THAT(pyfw({"apply"}).err, HasSubstr("undoing it first"));
  expect_as_before();
}

TEST_P(Unconfirmed, NamesWhereElseToConfirm) {
  sh("ip netns add blue; ip netns exec blue ip link set lo up");
  auto run =
      pyfw({"apply", "--netns", "blue", "--state-dir", "/run/pyfw state", "--confirm-within", kForever});
  ASSERT_EQ(run.status, 0) << run.err;
  EXPECT_THAT(run.out, HasSubstr("  pyfw confirm --netns blue --state-dir '/run/pyfw state'\n"));
  EXPECT_THAT(run.out, HasSubstr("pyfw rollback --netns blue --state-dir '/run/pyfw state'\n"));
  EXPECT_THAT(pyfw({"confirm"}).err, HasSubstr("no change waits for a confirm"));
  auto confirmed = pyfw({"confirm", "--netns", "blue", "--state-dir", "/run/pyfw state"});
  EXPECT_EQ(confirmed.status, 0) << confirmed.err;
}

TEST_P(Unconfirmed, ChangeOfAnotherNamespaceIsUndoneThere) {
  sh("ip netns add blue; ip netns exec blue ip link set lo up");
  auto run = pyfw({"apply", "--netns", "blue", "--confirm-within", kShort});
  ASSERT_EQ(run.status, 0) << run.err;
  EXPECT_THAT(sh("ip netns exec blue iptables-save"), HasSubstr("allow_new"));
  wait_until([this] { return !exists("/var/lib/pyfw/name-blue/pending"); });
  EXPECT_THAT(sh("ip netns exec blue iptables-save"), Not(HasSubstr("allow_new")));
  expect_as_before();
}

TEST_P(Unconfirmed, AnApplyThatHasNothingToDoWaitsForNothing) {
  ASSERT_EQ(pyfw({"apply"}).status, 0);
  auto run = pyfw({"apply", "--confirm-within", kForever});
  EXPECT_EQ(run.status, 0) << run.err;
  EXPECT_THAT(run.out, Not(HasSubstr("confirm")));
  EXPECT_FALSE(pending());
}

TEST_P(Unconfirmed, AnApplyThatFailsMidwayIsUndoneAtOnce) {
  int commits = count_commits();
  ASSERT_GT(commits, 1);
  for (int refused = 1; refused <= commits; ++refused) {
    sh(fmt::format("rm -rf /run/gates; mkdir /run/gates; touch /run/gates/refuse-{}", refused));
    auto run = gated({"apply", "--confirm-within", kForever});
    EXPECT_EQ(run.status, 1);
    EXPECT_THAT(run.err, HasSubstr("was refused: a test says no"));
    EXPECT_THAT(run.err, HasSubstr(refused == 1 ? "nothing was changed" : "what was done has been undone"));
    expect_as_before();
    EXPECT_EQ(sh("ls -d /var/lib/pyfw/*/2 2>/dev/null || true"), "") << "a snapshot is left";
  }
}

TEST_P(Unconfirmed, AnApplyThatOutlastsItsTimeIsUndone) {
  sh("mkdir /run/gates; touch /run/gates/after-1");
  auto apply = host().start({PYFW_GATED_PROGRAM, "apply", "--confirm-within", "1s"}).value();
  wait_for_gate("after-1");
  wait_until([this] { return boot_time_now() > pending()->deadline; });
  sh("rm /run/gates/after-1");
  wait_until([&] { return !apply.running(); });
  EXPECT_THAT(apply.said(), HasSubstr("this took longer than --confirm-within allows"));
  EXPECT_THAT(apply.said(), HasSubstr("what was done has been undone"));
  expect_undone();
}

TEST_P(Unconfirmed, ItsUndoIsOnDiskBeforeTheFirstCommit) {
  sh("mkdir /run/gates; touch /run/gates/before-1");
  auto apply = host().start({PYFW_GATED_PROGRAM, "apply", "--confirm-within", kForever}).value();
  wait_for_gate("before-1");
  auto waits = pending();
  ASSERT_TRUE(waits);
  EXPECT_FALSE(waits->is_applied);
  EXPECT_FALSE(waits->changes.empty());
  EXPECT_TRUE(is_running(waits->holder));
  // Its temporary file and its folder, one after the other, after all others.
  auto part = sh("dirname /var/lib/pyfw/*/pending");
  part.pop_back();
  EXPECT_THAT(sh("tail -n 2 /run/synced"),
              testing::MatchesRegex(part + "/\\.pyfw-[0-9a-f]+\n" + part + "\n"));
  sh("rm /run/gates/before-1");
  wait_until([this] { return pending()->is_applied; });
  EXPECT_EQ(pending()->changes, waits->changes);
}

TEST_P(Unconfirmed, JsonTellsUntilWhen) {
  auto run = pyfw({"apply", "--format", "json", "--confirm-within", kForever});
  EXPECT_EQ(run.status, 0);
  EXPECT_THAT(run.out, HasSubstr(pending()->deadline_text));
}

TEST_P(Unconfirmed, ADamagedNoteSaysWhatToDo) {
  apply_within(kForever);
  sh("for f in /var/lib/pyfw/*/pending; do head -c 200 $f >/run/half; cat /run/half >$f; done");
  for (const char* command : {"apply", "confirm", "rollback"}) {
    auto run = pyfw({command});
    EXPECT_EQ(run.status, 1);
    EXPECT_THAT(run.err,
                HasSubstr("/pending, which holds a change that waits for its confirm, can't be read"));
    EXPECT_THAT(run.err, HasSubstr("then remove that file"));
  }
  sh("rm /var/lib/pyfw/*/pending");
  EXPECT_EQ(pyfw({"apply"}).status, 0);
}

class Confirmed : public ConfirmTest {};
PYFW_ON_BOTH_BACKENDS(Confirmed);

TEST_P(Confirmed, StaysAndIsNoLongerHeld) {
  apply_within(kShort);
  auto waited = pending().value();
  auto confirmed = pyfw({"confirm"});
  EXPECT_EQ(confirmed.status, 0) << confirmed.err;
  EXPECT_EQ(confirmed.out,
            fmt::format("Confirmed: the change stays. To undo it later: pyfw rollback {}\n", waited.id));
  expect_kept();
  wait_until([&] { return boot_time_now() > waited.deadline; });
  expect_kept();
  EXPECT_TRUE(parse_record(record())->is_confirmed);
  auto again = pyfw({"confirm"});
  EXPECT_EQ(again.status, 1);
  EXPECT_THAT(again.err, HasSubstr("no change waits for a confirm"));
  EXPECT_EQ(pyfw({"rollback", waited.id}).status, 0);
  expect_as_before();
}

TEST_P(Confirmed, InTwoProcessesAtATimeIsConfirmedOnce) {
  apply_within(kForever);
  auto both =
      sh(fmt::format("({0} confirm && echo kept || echo refused) >/run/1 2>&1 & ({0} confirm && echo kept || "
                     "echo refused) >/run/2 2>&1;"
                     "wait; cat /run/1 /run/2",
                     PYFW_PROGRAM));
  EXPECT_THAT(both, HasSubstr("kept\n"));
  EXPECT_THAT(both, HasSubstr("refused\n"));
  expect_kept();
}

}  // namespace
}  // namespace pyfw::netns
