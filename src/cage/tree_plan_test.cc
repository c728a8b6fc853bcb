#include "cage/tree_plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace pyfw {
namespace {

using testing::Pair;
using testing::UnorderedElementsAre;

TEST(MountedIn, LastMountOnAFolderCounts) {
  EXPECT_THAT(mounted_in("22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw\n"
                         "30 22 0:5 / /mnt/a\\040b rw shared:2 master:3 - nfs server:/x rw\n"
                         "31 22 0:6 / /data rw - ext4 /dev/vdb rw\n"
                         "32 31 0:7 / /data rw - xfs /dev/vdc rw\n"),
              UnorderedElementsAre(Pair("/mnt/a b", "nfs"), Pair("/data", "xfs")));
}

const TreeStep* step_for(const std::vector<TreeStep>& steps, const std::string& path) {
  auto found = std::ranges::find(steps, kCageRoot + path, &TreeStep::path);
  return found == steps.end() ? nullptr : &*found;
}

TEST(PlanTree, WhatIsPrivateOrLeadsOutIsEmpty) {
  auto steps = plan_tree({});
  ASSERT_TRUE(steps);
  for (const char* path : {"/root", "/home", "/dev", "/proc", "/tmp", "/var/tmp"}) {
    const auto* step = step_for(*steps, path);
    ASSERT_NE(step, nullptr) << path;
    EXPECT_EQ(step->kind, TreeStepKind::kFolder) << path;
  }
  EXPECT_EQ(step_for(*steps, "/run")->kind, TreeStepKind::kFolders);
  EXPECT_EQ(step_for(*steps, "/etc")->kind, TreeStepKind::kCopy);
}

TEST(PlanTree, HiddenFolderIsEmptyWhereverItIs) {
  auto steps = plan_tree({"/usr/share"});
  ASSERT_TRUE(steps);
  EXPECT_EQ(step_for(*steps, "/usr/share")->kind, TreeStepKind::kFolder);
  EXPECT_EQ(step_for(*steps, "/usr")->kind, TreeStepKind::kFolder);
}

}  // namespace
}  // namespace pyfw
