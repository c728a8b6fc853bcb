#include "sys/holder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace pyfw {
namespace {

using testing::Contains;
using testing::ElementsAre;

TEST(UnitCommand, PassesTheCommandLineThroughWordForWord) {
  auto command = unit_command("/usr/bin/systemd-run", {"/sbin/pyfw", "--a b", "$HOME", "--", "%n"},
                              {.unit = "pyfw-confirm-7", .description = "undoes a change"});
  EXPECT_EQ(command[0], "/usr/bin/systemd-run");
  EXPECT_THAT(command, Contains("--unit=pyfw-confirm-7"));
  EXPECT_THAT(command, Contains("--description=undoes a change"));
  std::vector<std::string> behind(std::ranges::find(command, "--"), command.end());
  EXPECT_THAT(behind, ElementsAre("--", "/sbin/pyfw", "--a b", "$$HOME", "--", "%n"));
}

TEST(UnitCommand, IsNotOfTheSession) {
  auto command = unit_command("/usr/bin/systemd-run", {"/bin/true"}, {.unit = "x", .description = "x"});
  EXPECT_THAT(command, testing::Not(Contains("--scope")));
  EXPECT_THAT(command, testing::Not(Contains("--user")));
}

}  // namespace
}  // namespace pyfw
