#include "net/mac.h"

#include <gtest/gtest.h>

namespace pyfw {
namespace {

TEST(MacAddress, IsWrittenAsItIsRead) {
  auto mac = parse_mac("02:42:AC:11:00:ff");
  ASSERT_TRUE(mac);
  EXPECT_EQ(to_string(*mac), "02:42:ac:11:00:ff");
}

TEST(MacAddress, NothingElseIsTakenForOne) {
  for (const char* text : {"", "02:42:ac:11:00", "02:42:ac:11:00:0", "02-42-ac-11-00-02", "02:42:ac:11:00:0g",
                           "02:42:ac:11:00:02:", "2:42:ac:11:00:002", "+2:42:ac:11:00:02"})
    EXPECT_FALSE(parse_mac(text)) << text;
}

}  // namespace
}  // namespace pyfw
