// Wishes in several files: a folder's *.yaml in bytewise order, and what contradicts.

#include <fmt/format.h>

#include "cli.h"

namespace pyfw::cli {
namespace {

std::string in_input(std::string_view lines) {
  return fmt::format("pyfw_wishes:\n  iptables:\n    filter:\n      INPUT:\n{}", lines);
}
std::string rules(std::string_view entries) { return in_input(fmt::format("        rules:\n{}", entries)); }

class SeveralFiles : public CliTest {
 protected:
  [[nodiscard]] Outcome plan_folder() const {
    write("state.save", "");
    return pyfw({"--wishes", "wishes.d", "--iptables-save", "state.save"});
  }

  // The second file contradicts the first at its mark.
  void expect_contradiction(std::string_view first, std::string_view second, const std::string& message,
                            const std::string& other_place) const {
    Marked marked(second);
    write("wishes.d/1.yaml", first);
    write("wishes.d/2.yaml", marked.text);
    auto run = plan_folder();
    EXPECT_EQ(run.err, marked.error("wishes.d/2.yaml", message,
                                    "the other one stands at wishes.d/1.yaml:" + other_place));
    EXPECT_EQ(run.out, "");
    EXPECT_EQ(run.status, 1);
  }
};

TEST_F(SeveralFiles, RulesFollowEachOtherInBytewiseOrderOfTheNames) {
  write("wishes.d/b.yaml", rules("        - from_b: -s 10.0.0.2 -j ACCEPT\n"));
  write("wishes.d/B.yaml", rules("        - from_B: -s 10.0.0.1 -j ACCEPT\n"));
  write("wishes.d/é.yaml", rules("        - from_e: -s 10.0.0.4 -j ACCEPT\n"));
  write("wishes.d/z.yaml", rules("        - from_z: -s 10.0.0.3 -j ACCEPT\n"));
  write("wishes.d/a.yml", "not read");
  write("wishes.d/.hidden.yaml", "not read");
  auto run = plan_folder();
  EXPECT_EQ(run.err, "");
  EXPECT_EQ(run.out,
            "# these commands should fullfill all given wishes:\n"
            "iptables -w -t filter -I INPUT 1 -s 10.0.0.1/32 -m comment --comment from_B -j ACCEPT\n"
            "iptables -w -t filter -I INPUT 2 -s 10.0.0.2/32 -m comment --comment from_b -j ACCEPT\n"
            "iptables -w -t filter -I INPUT 3 -s 10.0.0.3/32 -m comment --comment from_z -j ACCEPT\n"
            "iptables -w -t filter -I INPUT 4 -s 10.0.0.4/32 -m comment --comment from_e -j ACCEPT\n");
}

TEST_F(SeveralFiles, WhatAgreesIsMerged) {
  write("wishes.d/1.yaml",
        "pyfw_wishes:\n  vars: { net: 10.0.0.0/8 }\n  ipsets:\n    office:\n      type: hash:ip\n"
        "      members_include: [10.0.0.1]\n  iptables:\n    filter:\n      INPUT:\n"
        "        default_action: DROP\n        rules:\n        - r: -s ${net} -j ACCEPT\n");
  write("wishes.d/2.yaml",
        "pyfw_wishes:\n  vars: { net: 10.0.0.0/8 }\n  ipsets:\n    office:\n"
        "      members_include: [10.0.0.2]\n  iptables:\n    filter:\n      INPUT:\n"
        "        default_action: DROP\n        rules:\n        - r: -s ${net} -j ACCEPT\n");
  auto run = plan_folder();
  EXPECT_EQ(run.err, "");
  EXPECT_EQ(run.out,
            "# these commands should fullfill all given wishes:\n"
            "ipset -exist create office hash:ip family inet\n"
            "ipset -exist add office 10.0.0.1\n"
            "ipset -exist add office 10.0.0.2\n"
            "iptables -w -t filter -I INPUT 1 -s 10.0.0.0/8 -m comment --comment r -j ACCEPT\n"
            "iptables -w -t filter -P INPUT DROP\n");
}

TEST_F(SeveralFiles, TwoPoliciesOfAChainAreRefused) {
  expect_contradiction(in_input("        default_action: DROP\n"),
                       in_input("        default_action: ⟦ACCEPT⟧\n"),
                       "chain 'INPUT' is wished with two default actions", "5:25");
}

TEST_F(SeveralFiles, TwoTextsUnderOneNameAreRefused) {
  expect_contradiction(rules("        - r: -j DROP\n"), rules("        - ⟦r⟧: -j ACCEPT\n"),
                       "two rules of this chain are called 'r'", "6:11");
}

TEST_F(SeveralFiles, RulesEqualBesideRulesIsRefused) {
  expect_contradiction(rules("        - r: -j DROP\n"), in_input("        ⟦rules_equal⟧: []\n"),
                       "chain 'INPUT' has rules_equal beside other rules", "5:9");
  expect_contradiction(in_input("        rules_equal: []\n"), in_input("        ⟦rules⟧: []\n"),
                       "chain 'INPUT' has rules_equal beside other rules", "5:9");
}

TEST_F(SeveralFiles, TwoValuesOfAVariableAreRefused) {
  expect_contradiction("pyfw_wishes:\n  vars: { a: 1 }\n", "pyfw_wishes:\n  vars: { a: ⟦2⟧ }\n",
                       "variable 'a' has two values", "2:14");
}

TEST_F(SeveralFiles, TwoTypesOfASetAreRefused) {
  expect_contradiction("pyfw_wishes:\n  ipsets:\n    a: { type: 'hash:ip' }\n",
                       "pyfw_wishes:\n  ipsets:\n    a: { type: '⟦hash:net⟧' }\n",
                       "set 'a' is wished with two types", "3:17");
}

TEST_F(SeveralFiles, AllMembersBesideSomeMembersIsRefused) {
  expect_contradiction("pyfw_wishes:\n  ipsets:\n    a: { type: 'hash:ip', members_equal: [] }\n",
                       "pyfw_wishes:\n  ipsets:\n    ⟦a⟧: { members_include: [10.0.0.1] }\n",
                       "set 'a' has members_equal beside members_include or _exclude", "3:5");
}

TEST_F(SeveralFiles, RestInTwoFilesIsRefused) {
  expect_contradiction(rules("        - ~rest:\n"), rules("        - ⟦~rest⟧:\n"),
                       "~rest stands here a second time", "6:11");
}

TEST_F(SeveralFiles, BothFamiliesAndOneFamilyOfAChainAreMergedInTheirOrder) {
  write("wishes.d/1.yaml",
        "pyfw_wishes:\n  ip46tables:\n    filter:\n      INPUT:\n        rules:\n        - a: -p tcp -j "
        "ACCEPT\n");
  write("wishes.d/2.yaml", rules("        - b: -p udp -j ACCEPT\n"));
  auto run = plan_folder();
  EXPECT_EQ(run.err, "");
  EXPECT_EQ(run.out,
            "# these commands should fullfill all given wishes:\n"
            "iptables -w -t filter -I INPUT 1 -p tcp -m comment --comment a -j ACCEPT\n"
            "iptables -w -t filter -I INPUT 2 -p udp -m comment --comment b -j ACCEPT\n"
            "ip6tables -w -t filter -I INPUT 1 -p tcp -m comment --comment a -j ACCEPT\n");
}

}  // namespace
}  // namespace pyfw::cli
