// An apply that is killed on its way.

#include <fmt/format.h>
#include <signal.h>

#include "confirm.h"

namespace pyfw::netns {
namespace {

using testing::HasSubstr;

class KilledApply : public ConfirmTest {
 protected:
  void kill_at(const std::string& gate, const std::string& time) {
    sh(fmt::format("rm -rf /run/gates /run/reached; mkdir /run/gates; touch /run/gates/{}", gate));
    auto apply = host().start({PYFW_GATED_PROGRAM, "apply", "--confirm-within", time}).value();
    wait_for_gate(gate);
    ASSERT_TRUE(apply.stop(SIGKILL));
  }
};
PYFW_ON_BOTH_BACKENDS(KilledApply);

TEST_P(KilledApply, IsUndoneAtTheDeadlineWhereverItWas) {
  int commits = count_commits();
  ASSERT_GT(commits, 1);
  std::vector<std::string> gates = {"before-1", fmt::format("after-{}", commits)};
  for (int i = 2; i <= commits; ++i) gates.push_back(fmt::format("before-{}", i));
  for (const auto& gate : gates) {
    SCOPED_TRACE(gate);
    kill_at(gate, "3s");
    expect_undone();
  }
}

TEST_P(KilledApply, HasChangedNothingWhereNobodyHoldsItsDeadline) {
  kill_at("pending", kForever);
  ASSERT_TRUE(pending());
  EXPECT_THAT(pyfw({"plan"}).err, HasSubstr("still has to be undone: `pyfw rollback` does it"));
  auto rolled_back = pyfw({"rollback"});
  EXPECT_EQ(rolled_back.status, 0) << rolled_back.err;
  expect_as_before();
}

TEST_P(KilledApply, CanNotBeConfirmed) {
  kill_at("before-2", kForever);
  auto deadline = pending()->deadline_text;
  EXPECT_THAT(pyfw({"plan"}).err,
              HasSubstr(fmt::format("an apply that has not come to its end undoes itself at {}", deadline)));
  for (const auto& arguments : {std::vector<std::string>{"confirm"}, {"confirm", "--force"}}) {
    auto run = pyfw(arguments);
    EXPECT_EQ(run.status, 1);
    EXPECT_THAT(run.err, HasSubstr("the apply was ended before all of its change was done"));
  }
  auto second = pyfw({"apply"});
  EXPECT_EQ(second.status, 1);
  EXPECT_THAT(second.err, HasSubstr(fmt::format("it undoes itself at {}", deadline)));
  EXPECT_EQ(pyfw({"rollback"}).status, 0);
  expect_undone();
}

}  // namespace
}  // namespace pyfw::netns
