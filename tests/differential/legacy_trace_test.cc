#include "legacy_trace.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace pyfw::differential {
namespace {

TEST(ParsePrefix, TableChainAndNumberAreTakenFromATrace) {
  auto place = parse_prefix("TRACE: filter:DOCKER-USER:return:12 ");
  ASSERT_TRUE(place);
  EXPECT_EQ(place->table, "filter");
  EXPECT_EQ(place->chain, "DOCKER-USER");
  EXPECT_EQ(place->number, 12U);
}

TEST(ParsePrefix, OtherLogMessagesAreNoTrace) {
  for (auto prefix :
       {"seen ", "", "TRACE: filter:INPUT:rule", "TRACE: filter:INPUT:rule:0", "TRACE: filter:INPUT:rule:x"})
    EXPECT_FALSE(parse_prefix(prefix)) << prefix;
}

}  // namespace
}  // namespace pyfw::differential
