// One who undoes our rule again and again.

#include "base/strings.h"
#include "watch/watching.h"

namespace pyfw::netns {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Lt;

class Rival : public WatchTest {};

TEST_P(Rival, IsNotFoughtButNeverGetsItsWayEither) {
  wish("pyfw_wishes:\n  iptables: { filter: { FORWARD: { rules: [ ours: -p tcp --dport 23 -j DROP ] } } }\n");
  apply_for_good();
  start_watch();
  auto rival = host().start({"/bin/sh", "-c", "while :; do iptables -w -F FORWARD; sleep 0.01; done"});
  ASSERT_TRUE(rival);
  wait_for_log("the wishes again and again");
  if (!is_legacy()) EXPECT_THAT(log(), HasSubstr("iptables (pid "));
  sh("sleep 12");
  // Fewer than 30 a minute, of which not even half a minute has passed.
  EXPECT_THAT(log_lines().size(), Lt(30U)) << log();
  ASSERT_TRUE(rival->stop(SIGKILL));
  expect_held();
}

PYFW_ON_BOTH_BACKENDS(Rival);

}  // namespace
}  // namespace pyfw::netns
