#include "keep/names.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace pyfw {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(SetsNamedBy, AreThoseBehindTheOptionsOfSets) {
  EXPECT_THAT(sets_named_by(Rule{"-m set ! --match-set a src -j SET --add-set b src"}),
              ElementsAre("a", "b"));
  EXPECT_THAT(sets_named_by(Rule{"-m comment --comment \"--match-set a src\" -j DROP"}), IsEmpty());
  EXPECT_THAT(sets_named_by(Rule{"-m comment --comment --match-set -m set --match-set a src"}),
              ElementsAre("a"));
}

TEST(IsLeftOver, KnowsTemporaryNamesOfRulesAndSetsOnly) {
  EXPECT_TRUE(is_temporary(Rule{"-m comment --comment _pyfw_temp_a -j DROP"}));
  EXPECT_TRUE(is_temporary(Rule{"-m set --match-set _pyfw_temp_a src -j DROP"}));
  EXPECT_FALSE(is_temporary(Rule{"-m comment --comment not_pyfw_temp_a -j DROP"}));
  EXPECT_FALSE(is_temporary(Rule{"-j LOG --log-prefix _pyfw_temp_a"}));
}

TEST(SetsNamedIn, CountsMembersOfLists) {
  State state;
  ensure_chain(state.ip6tables, "raw", "own").rules = {Rule{"-m set --match-set a src -j DROP"}};
  state.sets = {{.name = "l", .type = "list:set", .header = {}, .members = {"b"}},
                {.name = "h", .type = "hash:ip", .header = {}, .members = {"c"}}};
  EXPECT_THAT(sets_named_in(state), ElementsAre("a", "b"));
}

}  // namespace
}  // namespace pyfw
