#include "ask/chain_words.h"

#include <gtest/gtest.h>

namespace pyfw {
namespace {

TEST(WordsForChain, DockerIsToldByItsTable) {
  EXPECT_EQ(words_for_chain("nat", "DOCKER"), "Docker's: published ports, DNAT to their containers");
  EXPECT_EQ(words_for_chain("filter", "DOCKER"),
            "Docker's: what the published ports let in to the containers");
}

TEST(WordsForChain, ChainsOfEachVersionOfDockerAreKnown) {
  for (const char* chain :
       {"DOCKER-ISOLATION", "DOCKER-USER", "DOCKER-ISOLATION-STAGE-1", "DOCKER-ISOLATION-STAGE-2",
        "DOCKER-FORWARD", "DOCKER-CT", "DOCKER-INTERNAL", "DOCKER-BRIDGE", "DOCKER-INGRESS"})
    EXPECT_NE(words_for_chain("filter", chain), "") << chain;
}

TEST(WordsForChain, OfANameAndItsBeginningTheNearerOneCounts) {
  EXPECT_EQ(words_for_chain("filter", "ufw-user-input"), "ufw's: your rules");
  EXPECT_EQ(words_for_chain("filter", "ufw-user-limit-accept"), "ufw's: `ufw limit`, within the limit");
  EXPECT_EQ(words_for_chain("filter", "ufw-before-logging-input"), "ufw's: logs, before its rules");
}

TEST(WordsForChain, OthersHaveNone) {
  EXPECT_EQ(words_for_chain("filter", "web"), "");
  EXPECT_EQ(words_for_chain("filter", "DOCKER-OTHER"), "");
}

}  // namespace
}  // namespace pyfw
