// The process that holds a deadline, where systemd runs.

#include "confirm.h"

namespace pyfw::netns {
namespace {

using testing::HasSubstr;
using testing::Not;

class HeldBySystemd : public ConfirmTest {
 protected:
  // A systemd that does this when it is asked to run a program.
  void pretend_systemd(const std::string& script) const {
    ASSERT_TRUE(host().write_file("/run/systemd-run", "#!/bin/sh\n" + script + "\n"));
    sh("mkdir -p /run/systemd/system; chmod +x /run/systemd-run; if test -e /usr/bin/systemd-run; then mount "
       "--bind "
       "/run/systemd-run /usr/bin/systemd-run; else mount -t tmpfs none /usr/local/sbin; cp /run/systemd-run "
       "/usr/local/sbin/; fi");
  }
  static constexpr auto kStarts = R"(
echo "$@" >/run/asked
while test "$1" != --; do shift; done
shift
setsid "$@" </dev/null >/dev/null 2>&1 &
)";
};
PYFW_ON_BOTH_BACKENDS(HeldBySystemd);

TEST_P(HeldBySystemd, IsUndone) {
  pretend_systemd(kStarts);
  auto run = pyfw({"apply", "--confirm-within", kShort});
  ASSERT_EQ(run.status, 0) << run.err;
  EXPECT_THAT(run.err, Not(HasSubstr("systemd")));
  EXPECT_THAT(sh("cat /run/asked"), HasSubstr("--unit=pyfw-confirm-"));
  expect_undone();
}

TEST_P(HeldBySystemd, IsConfirmed) {
  pretend_systemd(kStarts);
  apply_within(kForever);
  EXPECT_EQ(pyfw({"confirm"}).status, 0);
  expect_kept();
}

TEST_P(HeldBySystemd, IsHeldByItselfWhereThatFails) {
  pretend_systemd("echo 'Failed to connect to bus' >&2; exit 1");
  auto run = pyfw({"apply", "--confirm-within", kShort});
  ASSERT_EQ(run.status, 0) << run.err;
  EXPECT_THAT(run.err, HasSubstr("systemd-run gave status 1: Failed to connect to bus"));
  EXPECT_THAT(run.err, HasSubstr("so a process of its own holds the deadline"));
  expect_undone();
}

// One that says it has done it, and has not.
TEST_P(HeldBySystemd, ChangesNothingWhereNobodyHoldsIt) {
  pretend_systemd("exit 0");
  auto run = pyfw({"apply", "--confirm-within", kForever});
  EXPECT_EQ(run.status, 1);
  EXPECT_THAT(run.err,
              HasSubstr("the process that should hold the deadline did not start, so nothing was changed"));
  expect_as_before();
}

}  // namespace
}  // namespace pyfw::netns
