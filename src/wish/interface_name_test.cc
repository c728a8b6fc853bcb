#include "wish/interface_name.h"

#include <gtest/gtest.h>

#include <string>

namespace pyfw {
namespace {

TEST(InterfaceNames, ThatMeanJustThatInterfaceAreTaken) {
  for (const auto* name : {"eth0", "br-0123456789ab", "wg_0.5", "a+b", "x!", "über"})
    EXPECT_TRUE(check_interface_name(name)) << name;
}

TEST(InterfaceNames, ThatIptablesWouldReadOtherwiseAreRefusedAndSaidWhy) {
  for (auto [name, why] :
       {std::pair("e+", "begins with 'e'"), std::pair("+", "begins with ''"),
        std::pair("-j", "for an option"), std::pair("!", "negation"), std::pair("", "empty"),
        std::pair("a b", "blank"), std::pair("a\tb", "blank"), std::pair("a\nb", "blank"),
        std::pair("a'b", "quote"), std::pair("a\"b", "quote"), std::pair("a\\b", "quote"),
        std::pair("a/b", "slash"), std::pair("a\x1b[31m", "control character"),
        std::pair("a\xc2\x9b", "control character"), std::pair("sixteen-bytes-xx", "more than 15 bytes")}) {
    auto fits = check_interface_name(name);
    ASSERT_FALSE(fits) << name;
    EXPECT_NE(fits.error().message.find(why), std::string::npos) << fits.error().message;
  }
}

}  // namespace
}  // namespace pyfw
