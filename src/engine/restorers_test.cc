#include "engine/restorers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace pyfw {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

TEST(RestorersWarnings, EachThatIsEnabledOrActiveIsOneThatNamesItself) {
  for (auto unit : restoring_units()) {
    for (auto [enabled, active, word] :
         {std::tuple(true, false, "enabled"), std::tuple(false, true, "active"),
          std::tuple(true, true, "enabled and active")}) {
      std::vector<Restorer> one = {{.unit = std::string(unit), .is_enabled = enabled, .is_active = active}};
      auto warnings = warnings_of(one);
      ASSERT_EQ(warnings.size(), 1) << unit;
      auto name = std::string(unit.substr(0, unit.find('.')));
      EXPECT_THAT(warnings[0].message, StartsWith(name + " is " + word + ": it "));
      EXPECT_THAT(warnings[0].hint, Not(HasSubstr("{")));
      EXPECT_THAT(warnings[0].hint, Not(IsEmpty()));
    }
    std::vector<Restorer> idle = {{.unit = std::string(unit)}};
    EXPECT_THAT(warnings_of(idle), IsEmpty());
  }
}

TEST(RestorersWarnings, TellWhatToDo) {
  std::vector<Restorer> two = {{.unit = "ufw.service", .is_active = true},
                               {.unit = "netfilter-persistent.service", .is_enabled = true}};
  auto warnings = warnings_of(two);
  ASSERT_EQ(warnings.size(), 2);
  EXPECT_THAT(warnings[0].message, HasSubstr("pyfw's rules of that day among them"));
  EXPECT_THAT(warnings[0].hint, HasSubstr("systemctl disable netfilter-persistent"));
  EXPECT_THAT(warnings[1].hint, HasSubstr("systemctl disable --now ufw"));
}

}  // namespace
}  // namespace pyfw
