#include "prove/set_addresses.h"

#include <gtest/gtest.h>

#include "prove/asked_set.h"

namespace pyfw {
namespace {

TEST(SetAddresses, AreThoseOfTheSetAndKeptForItsLike) {
  Set nets{.name = "nets",
           .type = "hash:net",
           .header = "family inet hashsize 1024 maxelem 65536",
           .members = {"10.0.0.0/8", "10.1.0.0/16 nomatch"}};
  auto same = nets;
  auto other = nets;
  other.members.pop_back();
  SetAddresses addresses;
  const auto& known = addresses.of(nets);
  EXPECT_EQ(known, addresses_in(nets));
  EXPECT_EQ(&addresses.of(same), &known);
  EXPECT_EQ(addresses.of(other), addresses_in(other));
  EXPECT_NE(addresses.of(other), known);
  EXPECT_EQ(addresses.of(nets, true), addresses_in(nets, true));
}

}  // namespace
}  // namespace pyfw
