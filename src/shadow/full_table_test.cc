// What becomes of a table whose diagrams have no room for all that is asked of it.

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "shadow/dead_rules.h"
#include "trace/compiled_host.h"
#include "trace/host_for_tests.h"

namespace pyfw {
namespace {

using testing::ElementsAreArray;
using testing::Gt;
using testing::IsEmpty;
using testing::IsSubsetOf;
using testing::SizeIs;

constexpr int kRules = 60;

// Each of the first is taken, in part, by two rules before it.
std::string rules() {
  std::string out = "*filter\n:INPUT ACCEPT [0:0]\n";
  for (int i = 0; i < kRules; ++i)
    out += fmt::format(
        "-A INPUT -s 10.{0}.0.0/16 -p tcp --dport {0}:{1} -j DROP\n"
        "-A INPUT -s 10.{0}.7.0/24 -p udp --sport {0}:{1} -j DROP\n",
        i, 1000 + 3 * i);
  for (int i = 0; i < kRules; ++i)
    out += fmt::format("-A INPUT -s 10.{0}.7.0/24 -p tcp --dport {0}:{1} -j ACCEPT\n", i, 900 + 3 * i);
  return out + "COMMIT\n";
}

class FullTable : public testing::Test {
 protected:
  // Of a table of so many nodes.
  DeadRules found(std::size_t most_nodes) {
    TableReach table(host_.compiled(), {}, {*host_.find(Backend::kNft, Family::kIpv4, "filter", "INPUT")},
                     most_nodes);
    table.walk();
    asked_of_none_ = table.looks().bdd().size();
    auto out = dead_rules(table);
    asked_of_all_ = table.looks().bdd().size();
    return out;
  }

  TracedHost host_ = HostForTests().rules(rules()).traced();
  std::size_t asked_of_none_ = 0;
  std::size_t asked_of_all_ = 0;
};

TEST_F(FullTable, TheNextRulesAreAskedOfAnotherOne) {
  auto all = found(Bdd::kMostNodes);
  EXPECT_FALSE(all.gap);
  ASSERT_THAT(all.rules, SizeIs(kRules));
  ASSERT_THAT(asked_of_all_, Gt(asked_of_none_ + 3 * kRules));
  auto most = asked_of_none_ + (asked_of_all_ - asked_of_none_) / 3;
  auto in_parts = found(most);
  EXPECT_FALSE(in_parts.gap);
  EXPECT_THAT(in_parts.rules, ElementsAreArray(all.rules));
}

TEST_F(FullTable, WhereNoneIsLargeEnoughThatIsTold) {
  auto all = found(Bdd::kMostNodes);
  auto few = found(asked_of_none_ + 1);
  ASSERT_TRUE(few.gap);
  EXPECT_THAT(few.gap->message, testing::HasSubstr("more packets than fit in"));
  EXPECT_THAT(few.rules, IsSubsetOf(all.rules));
  EXPECT_THAT(found(asked_of_none_ - 1).rules, IsEmpty());
}

}  // namespace
}  // namespace pyfw
