// Nobody holds the deadline any more: the machine was booted, or the process that held it has died. The next
// command completes the undo.

#include <fmt/format.h>

#include "confirm.h"

namespace pyfw::netns {
namespace {

using testing::HasSubstr;
using testing::Not;

enum class Rules {
  kNone,    // nothing restores them
  kBefore,  // netfilter-persistent has restored those of before the change,
  kAfter,   // or those of after it
};

class Abandoned : public ConfirmTest {
 protected:
  // A change that waits when the machine is booted.
  void reboot(Rules rules) {
    begin_anew();
    sh("iptables-save >/run/rules4; ip6tables-save >/run/rules6");
    apply_within(kForever);
    kill_holder();
    auto waits = pending().value();
    waits.boot = "00000000-0000-0000-0000-000000000000";
    auto path = sh("ls /var/lib/pyfw/*/pending");
    path.pop_back();
    ASSERT_TRUE(host().write_file(path, write_pending(waits)));
    if (rules == Rules::kAfter) return;
    sh("for family in iptables ip6tables; do for chain in INPUT FORWARD; do $family -P $chain ACCEPT; "
       "$family -F "
       "$chain; done; done; ipset destroy");
    if (rules == Rules::kBefore) sh("iptables-restore </run/rules4; ip6tables-restore </run/rules6");
  }
  void kill_holder() const {
    auto holder = pending()->holder;
    sh(fmt::format("kill -9 {}", holder));
    wait_until([&] { return !is_running(holder); });
  }
  void expect_undone_with(Rules rules) const {
    if (rules != Rules::kNone) return expect_as_before();
    EXPECT_FALSE(pending());
    EXPECT_THAT(rules_and_sets(), Not(HasSubstr("allow_new")));
    EXPECT_THAT(rules_and_sets(), Not(HasSubstr("offices")));
    EXPECT_THAT(rules_and_sets(), Not(HasSubstr(":FORWARD DROP")));
    // What was there before is for the next apply to put in.
    EXPECT_THAT(record(), HasSubstr("allow_old"));
    EXPECT_THAT(record(), Not(HasSubstr("allow_new")));
  }
  static constexpr Rules kAll[] = {Rules::kNone, Rules::kBefore, Rules::kAfter};
};
PYFW_ON_BOTH_BACKENDS(Abandoned);

TEST_P(Abandoned, ByAReboot_RollbackUndoesIt) {
  for (auto rules : kAll) {
    reboot(rules);
    auto run = pyfw({"rollback"});
    EXPECT_EQ(run.status, 0) << run.err;
    expect_undone_with(rules);
  }
}

TEST_P(Abandoned, ByAReboot_ConfirmUndoesIt) {
  for (auto rules : kAll) {
    reboot(rules);
    auto run = pyfw({"confirm"});
    EXPECT_EQ(run.status, 1);
    EXPECT_THAT(run.err,
                HasSubstr("too late: this host was booted after the change; the change has been undone now"));
    expect_undone_with(rules);
  }
}

TEST_P(Abandoned, ByAReboot_ApplyUndoesItAndGoesOn) {
  for (auto rules : kAll) {
    reboot(rules);
    auto run = pyfw({"apply"});
    EXPECT_EQ(run.status, 0) << run.err;
    EXPECT_THAT(run.err, HasSubstr("a change was never confirmed; undoing it first"));
    EXPECT_FALSE(pending());
    EXPECT_EQ(pyfw({"plan"}).status, 0);
    EXPECT_THAT(rules_and_sets(), HasSubstr("allow_new"));
    EXPECT_THAT(rules_and_sets(), HasSubstr(":FORWARD DROP"));
  }
}

TEST_P(Abandoned, IsToldByWhoeverLooks) {
  reboot(Rules::kNone);
  for (const auto& looks : std::vector<std::vector<std::string>>{{"plan"},
                                                                 {"state"},
                                                                 {"snapshots"},
                                                                 {},
                                                                 {"--print-state"},
                                                                 {"--print-desired-state"},
                                                                 {"--print-state-diff"}})
    EXPECT_THAT(pyfw(looks).err, HasSubstr("still has to be undone: `pyfw rollback` does it"));
  EXPECT_TRUE(pending());
}

TEST_P(Abandoned, ByItsHolder) {
  for (const char* command : {"rollback", "confirm", "apply"}) {
    begin_anew();
    apply_within(kForever);
    kill_holder();
    EXPECT_THAT(pyfw({"plan"}).err, HasSubstr("still has to be undone"));
    auto run = pyfw({command});
    if (command == std::string_view("apply")) {
      EXPECT_EQ(run.status, 0) << run.err;
      EXPECT_THAT(rules_and_sets(), HasSubstr("allow_new"));
      EXPECT_FALSE(pending());
      continue;
    }
    bool confirms = command == std::string_view("confirm");
    EXPECT_EQ(run.status, confirms ? 1 : 0);
    EXPECT_THAT(run.err, HasSubstr(confirms ? "too late: the process that held the deadline has died" : ""));
    expect_as_before();
  }
}

}  // namespace
}  // namespace pyfw::netns
