#include "plan/commit.h"

#include <gtest/gtest.h>

namespace pyfw {
namespace {

using Kind = TableLine::Kind;

TEST(RestoreInput, OfATableIsOneCommit) {
  TableCommit commit{.family = Family::kIpv6,
                     .table = "filter",
                     .lines = {{.kind = Kind::kNewChain, .chain = "MINE"},
                               {.kind = Kind::kDelete, .chain = "INPUT", .rule = {"-j LOG"}},
                               {.kind = Kind::kInsert, .chain = "INPUT", .rule = {"-j MINE"}, .at = 2},
                               {.kind = Kind::kPolicy, .chain = "INPUT", .policy = "DROP"},
                               {.kind = Kind::kDeleteChain, .chain = "OLD"}}};
  EXPECT_EQ(restore_input(commit),
            "*filter\n-N MINE\n-D INPUT -j LOG\n-I INPUT 2 -j MINE\n-P INPUT DROP\n-X OLD\nCOMMIT\n");
}

TEST(RestoreInput, OfSetsIsTheirLines) {
  EXPECT_EQ(restore_input(SetCommit{.lines = {"create s hash:ip", "add s 10.0.0.1"}}),
            "create s hash:ip\nadd s 10.0.0.1\n");
}

TEST(NameOf, SaysToPeopleWhatIsCommitted) {
  EXPECT_EQ(name_of(TableCommit{.family = Family::kIpv6, .table = "nat", .lines = {}}), "ip6tables nat");
  EXPECT_EQ(name_of(HandleCommit{.table = "filter", .chains = {}}), "iptables filter");
  EXPECT_EQ(name_of(SetCommit{}), "sets");
}

}  // namespace
}  // namespace pyfw
