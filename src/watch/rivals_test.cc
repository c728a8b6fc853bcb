#include "watch/rivals.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace pyfw {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(Rivals, AreNamedInTheirOrder) {
  Rivals rivals;
  EXPECT_THAT(rivals.names(), IsEmpty());
  rivals.add("nft (pid 3)");
  rivals.add("iptables (pid 2) of bash (pid 1)");
  EXPECT_THAT(rivals.names(), ElementsAre("nft (pid 3)", "iptables (pid 2) of bash (pid 1)"));
  rivals.clear();
  EXPECT_THAT(rivals.names(), IsEmpty());
}

TEST(Rivals, OneThatRunsIptablesAgainAndAgainIsOne) {
  Rivals rivals;
  for (int pid = 100; pid < 300; ++pid)
    rivals.add(fmt::format("iptables-restor (pid {}){}", pid, pid % 2 == 0 ? " of rival.sh (pid 7)" : ""));
  EXPECT_THAT(rivals.names(), ElementsAre("iptables-restor (pid 298, 100 times) of rival.sh (pid 7)",
                                          "iptables-restor (pid 299, 100 times)"));
}

TEST(Rivals, ManyAreFewWords) {
  Rivals rivals;
  for (int i = 0; i < 50; ++i) rivals.add(fmt::format("script{} (pid {})", i, i));
  EXPECT_THAT(rivals.names(), ElementsAre("script0 (pid 0)", "script1 (pid 1)", "script2 (pid 2)",
                                          "script3 (pid 3)", "others (46 times)"));
  Rivals odd;
  for (const char* name : {"(pid ", "a (pid 1", ") (pid 2)", ""}) odd.add(name);
  EXPECT_THAT(odd.names(), ElementsAre("(pid ", "a (pid 1", ") (pid 2)", ""));
  odd.add("(pid ");
  EXPECT_EQ(odd.names()[0], "(pid  (2 times)");
}

}  // namespace
}  // namespace pyfw
