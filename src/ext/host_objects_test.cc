#include "ext/host_objects.h"

#include <gtest/gtest.h>

namespace pyfw {
namespace {

TEST(NeedsHostObject, RulesThatHoldOnToOneOfTheHost) {
  for (const char* text : {"-m nfacct --nfacct-name http", "-m cgroup --path system.slice -j ACCEPT",
                           "-j IDLETIMER --timeout 5 --label x", "-m rateest --rateest x --rateest-lt",
                           "-j RATEEST --rateest-name x", "-j LED --led-trigger-id x",
                           "-p tcp -j CT --timeout slow", "-j CT --zone 1 --timeout slow"})
    EXPECT_TRUE(needs_host_object(Rule{text})) << text;
}

TEST(NeedsHostObject, AllOthersCanBeTriedElsewhere) {
  for (const char* text : {"-j ACCEPT", "-j CT --notrack", "-m recent --name x --rcheck -j DROP", "-j LEDGER",
                           "-m set --match-set s src -j SET --add-set s src --timeout 60"})
    EXPECT_FALSE(needs_host_object(Rule{text})) << text;
}

// A name is no match: a wish of that name would never be rehearsed.
TEST(NeedsHostObject, WordsInAQuotedCommentMeanNothing) {
  EXPECT_FALSE(needs_host_object(Rule{R"(-m comment --comment "see -m cgroup here" -j ACCEPT)"}));
  EXPECT_FALSE(needs_host_object(Rule{R"(-m comment --comment "like -j LED" -j ACCEPT)"}));
  EXPECT_FALSE(needs_host_object(Rule{"-g LEDS"}));
  EXPECT_FALSE(needs_host_object(Rule{"-j LEDS"}));
}

}  // namespace
}  // namespace pyfw
