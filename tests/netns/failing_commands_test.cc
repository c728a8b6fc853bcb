// Commands that fail, or pyfw killed, at each point of a plan with a new set, a new chain, a move, a policy
// and a removal: what has been done is told, and the next run completes the work.

#include <fmt/format.h>

#include "base/strings.h"
#include "live.h"

namespace pyfw::netns {
namespace {

using testing::HasSubstr;

class FailingCommands : public LiveTest {
 protected:
  // A host with Docker's jumps in front of our rule, an old rule of ours, and wishes.
  void prepare() {
    fresh_host();
    restore(
        "*filter\n:INPUT ACCEPT [0:0]\n:FORWARD ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n:DOCKER - [0:0]\n"
        "-A FORWARD -o docker0 -j DOCKER\n-A FORWARD -i docker0 -j ACCEPT\n"
        "-A FORWARD -p tcp -m comment --comment ours -j ACCEPT\n"
        "-A INPUT -s 10.0.0.1/32 -m comment --comment old -j ACCEPT\nCOMMIT\n");
    wish(R"(
pyfw_wishes:
  ipsets:
    allowed: { type: 'hash:ip', members_equal: [192.0.2.1] }
  iptables:
    filter:
      FORWARD:
        rules:
        - ours: -p tcp -j ACCEPT
        - to_mine: -j MINE
      MINE:
        rules:
        - -m set ! --match-set allowed src -j DROP
      INPUT:
        default_action: DROP
        rules:
        - ~absent: old
  ip6tables:
    filter:
      INPUT:
        default_action: DROP
)");
  }

  // The commands of the plan, one an element.
  std::vector<std::string> planned() {
    std::vector<std::string> commands;
    auto plan = pyfw({}).out;
    for (auto line : split(plan, '\n'))
      if (!line.empty() && !line.starts_with('#')) commands.emplace_back(line);
    return commands;
  }

  void expect_a_second_run_completes(const std::string& fulfilled) const {
    before_each_command("");
    apply_and_expect_fulfilled();
    EXPECT_EQ(save() + save("ip6tables"), fulfilled);
  }
};

TEST_P(FailingCommands, AreToldOfAndASecondRunCompletesTheWork) {
  prepare();
  auto commands = planned();
  apply_and_expect_fulfilled();
  auto fulfilled = save() + save("ip6tables");
  ASSERT_GE(commands.size(), 11);
  for (std::size_t n = 1; n <= commands.size(); ++n) {
    SCOPED_TRACE(commands[n - 1]);
    prepare();
    before_each_command(fmt::format("test $call != {} || {{ echo 'the disk is on fire' >&2; exit 4; }}", n));
    auto run = pyfw({"--apply"});
    EXPECT_EQ(run.status, 1);
    EXPECT_EQ(
        run.err,
        fmt::format("pyfw: error: command {}/{} failed: {}: the disk is on fire; {} of {} commands have "
                    "been done, {} have not; once the cause is gone, run it again: it completes the "
                    "work\n",
                    n, commands.size(), commands[n - 1], n - 1, commands.size(), commands.size() - n + 1));
    EXPECT_EQ(sh("cat /run/calls"), fmt::format("{}\n", n));
    expect_a_second_run_completes(fulfilled);
  }
}

TEST_P(FailingCommands, AfterAKillASecondRunCompletesTheWork) {
  prepare();
  auto commands = planned();
  apply_and_expect_fulfilled();
  auto fulfilled = save() + save("ip6tables");
  for (std::size_t n = 1; n <= commands.size(); ++n) {
    SCOPED_TRACE(commands[n - 1]);
    prepare();
    before_each_command(fmt::format("test $call != {} || {{ kill -9 $PPID; exit 1; }}", n));
    EXPECT_EQ(pyfw({"--apply"}).status, 128 + 9);
    expect_a_second_run_completes(fulfilled);
  }
}

TEST_P(FailingCommands, ATemporaryRuleIsNeverWishedNorLeft) {
  prepare();
  sh("iptables -I FORWARD -p tcp -m comment --comment _pyfw_temp_ours -j ACCEPT;"
     "iptables -I OUTPUT -m comment --comment _pyfw_temp_ -p udp -j ACCEPT");
  EXPECT_THAT(pyfw({"--print-desired-state"}).out, testing::Not(HasSubstr("_pyfw_temp_")));
  apply_and_expect_fulfilled();
  EXPECT_THAT(save(), testing::Not(HasSubstr("_pyfw_temp_")));
}

// MASQUERADE is taken in a chain that nothing reaches yet, and refused where PREROUTING leads to it.
TEST_P(FailingCommands, WhatOnlyTheHostRefusesIsToldInTheKernelsWords) {
  sh("iptables -t nat -N A; iptables -t nat -A PREROUTING -j A");
  auto before = save();
  wish("pyfw_wishes:\n  iptables:\n    nat:\n      A:\n        rules:\n        - masq: -j MASQUERADE\n");
  auto run = pyfw({"--apply"});
  EXPECT_EQ(run.status, 1);
  EXPECT_THAT(run.err,
              HasSubstr("pyfw: error: command 1/1 failed: iptables -w -t nat -I A 1 -m comment --comment "
                        "masq -j MASQUERADE: "));
  EXPECT_THAT(run.err, HasSubstr("Invalid argument"));
  EXPECT_EQ(save(), before);
}

TEST_P(FailingCommands, AReaderThatGoesAwayDoesNotStopTheWork) {
  prepare();
  sh(std::string(PYFW_PROGRAM) + " --apply 2>/dev/null | :");
  // The shell waits for the last of a pipe only.
  wait_until([this] { return pyfw({}).out == kNothingToDo; });
}

PYFW_ON_BOTH_BACKENDS(FailingCommands);

}  // namespace
}  // namespace pyfw::netns
