#include "kernel/read_saved.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace pyfw {
namespace {

using testing::ElementsAre;

RunProgram prints(const std::string& text) {
  return [text](const std::vector<std::string>& /*argv*/) {
    return Outcome{.status = 0, .out = text, .err = {}};
  };
}

TEST(ReadRules, AreThoseThatTheProgramPrints) {
  std::vector<std::string> asked;
  auto rules = read_rules("/usr/sbin/iptables-nft-save", [&](const std::vector<std::string>& argv) {
    asked = argv;
    return prints("*filter\n:INPUT DROP [0:0]\nCOMMIT\n")(argv);
  });
  ASSERT_TRUE(rules) << rules.error().message;
  EXPECT_THAT(asked, ElementsAre("/usr/sbin/iptables-nft-save"));
  EXPECT_EQ(find_chain(*rules, "filter", "INPUT")->policy, "DROP");
}

TEST(ReadRules, WhatTheKernelPrintsIsNoBadInput) {
  auto rules = read_rules("/usr/sbin/iptables-nft-save", prints("*filter\nwhat is this\n"));
  ASSERT_FALSE(rules);
  EXPECT_EQ(rules.error().kind, ErrorKind::kFailed);
  EXPECT_EQ(where(*rules.error().place), "iptables-nft-save:2:1");
}

TEST(ReadRules, AProgramThatFailsIsNamedWithItsReason) {
  auto rules = read_rules("/usr/sbin/iptables-nft-save", [](const std::vector<std::string>& /*argv*/) {
    return Outcome{.status = 4, .out = {}, .err = "iptables-save v1.8.9 (nf_tables): no memory\n"};
  });
  ASSERT_FALSE(rules);
  EXPECT_EQ(rules.error().message, "iptables-nft-save: no memory");
}

TEST(ReadSets, WhatTheKernelPrintsIsNoBadInput) {
  EXPECT_EQ(read_sets("/usr/sbin/ipset", prints("create a hash:ip family inet\n"))->size(), 1U);
  auto sets = read_sets("/usr/sbin/ipset", prints("create a hash:ip\nflush a\n"));
  ASSERT_FALSE(sets);
  EXPECT_EQ(sets.error().kind, ErrorKind::kFailed);
  EXPECT_EQ(where(*sets.error().place), "ipset save:2:1");
}

}  // namespace
}  // namespace pyfw
