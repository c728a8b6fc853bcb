#include "kernel/restore_sets.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>

namespace pyfw {
namespace {

using testing::ElementsAre;

constexpr const char* kBusy =
    "ipset v7.17: Error in line {}: Set cannot be destroyed: it is in use by a kernel component";

// ipset by what it answers: the number of the line that it finds in use, or 0.
class RestoreSets : public testing::Test {
 protected:
  Result<void> restore(std::deque<int> busy_lines, bool are_only_late = true) {
    auto run = [&, busy_lines](std::string_view input) mutable -> Result<Outcome> {
      told.emplace_back(input);
      auto line = busy_lines.front();
      busy_lines.pop_front();
      if (line == 0) return Outcome{};
      return Outcome{.status = 1, .out = {}, .err = fmt::format(fmt::runtime(kBusy), line)};
    };
    return restore_sets({.lines = {"destroy a", "destroy b", "destroy c"}}, "/usr/sbin/ipset", run,
                        [=] { return are_only_late; });
  }

  std::vector<std::string> told;
};

TEST_F(RestoreSets, GoesOnAtTheLineThatWasTooEarly) {
  ASSERT_TRUE(restore({2, 1, 2, 0}));
  EXPECT_THAT(told, ElementsAre("destroy a\ndestroy b\ndestroy c\n", "destroy b\ndestroy c\n",
                                "destroy b\ndestroy c\n", "destroy c\n"));
}

TEST_F(RestoreSets, WhereARuleMayHoldTheSetItIsRefusedAtOnce) {
  auto done = restore({2}, false);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().message, "Set cannot be destroyed: it is in use by a kernel component");
  ASSERT_TRUE(done.error().place);
  EXPECT_EQ(done.error().place->line, 2U);
  EXPECT_EQ(done.error().place->source->text, "destroy a\ndestroy b\ndestroy c\n");
}

}  // namespace
}  // namespace pyfw
