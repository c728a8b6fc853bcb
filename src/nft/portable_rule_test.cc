#include "nft/portable_rule.h"

#include <gtest/gtest.h>

namespace pyfw {
namespace {

bool portable(const char* text) { return is_portable(Rule{text}); }

TEST(IsPortable, RulesOfPlainExtensions) {
  EXPECT_TRUE(portable("-j ACCEPT"));
  EXPECT_TRUE(
      portable("-s 10.0.0.0/8 ! -i eth0 -p tcp -m tcp --dport 22 -m comment --comment ssh -j ACCEPT"));
  EXPECT_TRUE(portable("-m conntrack --ctstate RELATED,ESTABLISHED -j RETURN"));
  EXPECT_TRUE(portable("-p tcp -m tcp --dport 80 -j DNAT --to-destination 172.17.0.2:80"));
}

TEST(IsPortable, ChainsWhateverTheirNames) {
  EXPECT_TRUE(portable("-o docker0 -j DOCKER"));
  EXPECT_TRUE(portable("-g f2b-sshd"));
}

TEST(IsPortable, NoRuleThatNamesSets) {
  EXPECT_FALSE(portable("-m set --match-set allowed src -j ACCEPT"));
  EXPECT_FALSE(portable("-p tcp -m set ! --match-set allowed src -j REJECT --reject-with tcp-reset"));
  EXPECT_FALSE(portable("-j SET --add-set banned src"));
}

TEST(IsPortable, NoRuleThatHoldsOnToSomethingOfTheKernels) {
  EXPECT_FALSE(
      portable("-m hashlimit --hashlimit-above 5/sec --hashlimit-burst 5 --hashlimit-name x -j DROP"));
  EXPECT_FALSE(portable("-m cgroup --path system.slice -j DROP"));
  EXPECT_FALSE(portable("-m recent --rcheck --name bad -j DROP"));
  EXPECT_FALSE(portable("-j IDLETIMER --timeout 5 --label x"));
}

TEST(IsPortable, QuotedTextThatLooksLikeAnExtensionAtWorstSaysNo) {
  EXPECT_TRUE(portable("-m comment --comment \"see -jumps\" -j ACCEPT"));
  EXPECT_FALSE(portable("-m comment --comment \"a -m set b\" -j ACCEPT"));
}

}  // namespace
}  // namespace pyfw
