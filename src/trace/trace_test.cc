#include "trace/trace.h"

#include "trace/host_for_tests.h"
#include "trace/rules_for_tests.h"

namespace pyfw {
namespace {

TEST(AllPaths, EachOpenQuestionIsFollowedBothWays) {
  auto host =
      HostForTests()
          .rules(filter("-A INPUT -m limit --limit 3/min -j ACCEPT\n-A INPUT -m statistic --mode random "
                        "--probability 0.5 -j DROP\n"))
          .traced();
  auto paths = all_paths(host, {.packet = tcp("203.0.113.9", "192.0.2.1", 80), .in_interface = "eth0"});
  ASSERT_EQ(paths.size(), 3);
  EXPECT_EQ(way_of(host, paths[0]), "filter INPUT policy");
  EXPECT_EQ(way_of(host, paths[1]), "filter INPUT 2");
  EXPECT_EQ(way_of(host, paths[2]), "filter INPUT 1");
  EXPECT_EQ(paths[0].questions[0].on, "-m limit --limit 3/min");
}

}  // namespace
}  // namespace pyfw
