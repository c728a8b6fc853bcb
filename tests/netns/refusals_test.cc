// Hosts that pyfw can't work on: one clear line, and nothing is changed.

#include <fmt/format.h>

#include "live.h"

namespace pyfw::netns {
namespace {

using testing::ContainsRegex;
using testing::HasSubstr;

class Refusals : public LiveTest {
 protected:
  void SetUp() override {
    LiveTest::SetUp();
    if (IsSkipped()) return;
    wish(
        "pyfw_wishes:\n  iptables:\n    filter:\n      INPUT:\n        default_action: DROP\n        rules:\n"
        "        - one: -s 10.0.0.1 -j ACCEPT\n");
    restore(
        "*filter\n:INPUT ACCEPT [0:0]\n:FORWARD ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n-A INPUT -s 10.0.0.9/32 "
        "-j DROP\nCOMMIT\n");
    before_ = save();
  }

  void expect_one_line(const Outcome& run, const std::string& line) const {
    EXPECT_EQ(run.err, "pyfw: error: " + line + "\n");
    EXPECT_EQ(run.out, "");
    EXPECT_EQ(run.status, 1);
  }

  std::string before_;
};

TEST_P(Refusals, OnlyRootIsServed) {
  // Wherever the program was built, others may not get at it.
  sh(fmt::format("cp {} /run/pyfw-for-all; chmod 755 /run/pyfw-for-all", PYFW_PROGRAM));
  for (const char* mode : {"", "--apply", "--print-state", "--print-state-diff", "state"}) {
    auto run = host().run(
        {"/bin/sh", "-c",
         fmt::format("exec setpriv --reuid=65534 --regid=65534 --clear-groups /run/pyfw-for-all {}", mode)});
    ASSERT_TRUE(run);
    expect_one_line(*run, "only root can read and change the firewall; run it with sudo");
  }
  EXPECT_EQ(save(), before_);
}

// The host's own copy of the folder that the programs are in.
constexpr const char* kOwnPrograms =
    "mkdir /run/sbin; cp -a /usr/sbin/xtables-* /usr/sbin/ip*tables* /usr/sbin/ipset /run/sbin/; "
    "mount --bind /run/sbin /usr/sbin; ";

TEST_P(Refusals, MissingProgramsAreNamed) {
  sh(std::string(kOwnPrograms) + "mkdir /run/aside; mv /usr/sbin/iptables*-save /run/aside");
  for (const char* mode : {"--apply", "--print-state"})
    expect_one_line(pyfw({mode}), "iptables-save is not installed; install the package 'iptables'");
  sh("mv /run/aside/* /usr/sbin/");
  EXPECT_EQ(save(), before_);
}

TEST_P(Refusals, IpsetIsMissedOnlyWhereASetIsWished) {
  sh(std::string(kOwnPrograms) + "rm /usr/sbin/ipset");
  EXPECT_EQ(pyfw({"--print-state"}).status, 0);
  wish("pyfw_wishes:\n  ipsets:\n    s: { type: 'hash:ip' }\n");
  auto run = pyfw({"--apply"});
  EXPECT_EQ(run.status, 1);
  EXPECT_THAT(run.err, testing::HasSubstr("ipset is not installed"));
  EXPECT_EQ(save(), before_);
}

TEST_P(Refusals, AProgramThatFailsIsQuoted) {
  auto program = is_legacy() ? "ip6tables-legacy-save" : "ip6tables-nft-save";
  sh(std::string(kOwnPrograms) + "rm /usr/sbin/" + program +
     "; printf '#!/bin/sh\\necho \"no such\\033[31m luck\" >&2; exit 3\\n' >/usr/sbin/" + program +
     "; chmod +x /usr/sbin/" + program);
  expect_one_line(pyfw({"--apply"}), std::string(program) + ": no such\\x1b[31m luck");
  EXPECT_EQ(save(), before_);
}

TEST_P(Refusals, WithoutWishesNothingIsDone) {
  sh("rm /etc/pyfw/wishes.yaml");
  expect_one_line(
      pyfw({"--apply"}),
      "there is no /etc/pyfw/wishes.yaml; write your wishes there (`pyfw import` begins with the rules "
      "of this host), or name another file with --wishes FILE");
  sh("mkdir /etc/pyfw/wishes.d");
  expect_one_line(
      pyfw({"--apply"}),
      "can't read /etc/pyfw/wishes.d: no *.yaml file in this folder, and no wishes.yaml beside it");
  EXPECT_EQ(save(), before_);
}

TEST_P(Refusals, TheDefaultFolderFollowsTheDefaultFile) {
  ASSERT_TRUE(host().write_file("/etc/pyfw/wishes.d/more.yaml",
                                "pyfw_wishes:\n  iptables:\n    filter:\n      INPUT:\n        rules:\n"
                                "        - two: -s 10.0.0.2 -j ACCEPT\n"));
  apply_and_expect_fulfilled();
  EXPECT_THAT(rules("INPUT"), testing::ElementsAre("-s 10.0.0.1/32 -m comment --comment one -j ACCEPT",
                                                   "-s 10.0.0.2/32 -m comment --comment two -j ACCEPT",
                                                   "-s 10.0.0.9/32 -j DROP"));
}

class NativeRules : public Refusals {
 protected:
  void expect_refused(const std::string& rule) const {
    SCOPED_TRACE(rule);
    sh("nft flush chain ip filter INPUT; nft add rule ip filter INPUT " + rule);
    auto ruleset = sh("nft list ruleset");
    for (const char* mode : {"--apply", "--print-state-diff"}) {
      auto run = pyfw({mode});
      EXPECT_THAT(run.err,
                  ContainsRegex("table 'filter' (of iptables )?holds rules that iptables can't show"));
      EXPECT_THAT(run.err, HasSubstr("see `nft list ruleset`"));
      EXPECT_EQ(run.out, "");
      EXPECT_EQ(run.status, 1);
    }
    EXPECT_EQ(sh("nft list ruleset"), ruleset);
  }
};

TEST_P(NativeRules, ThatIptablesSaysItCannotShowAreRefused) {
  expect_refused("ct state new accept");
  expect_refused("log");
}

TEST_P(NativeRules, ThatIptablesShowsWronglyAreRefused) {
  expect_refused("tcp dport '{ 80, 443 }' accept");
  expect_refused("iifname '{ eth0, eth1 }' accept");
  sh("nft add set ip filter known '{ type ipv4_addr; }'");
  expect_refused("ip saddr @known drop");
}

// Native rules in tables of their own are none of our business.
TEST_P(NativeRules, InTheirOwnTablesAreLeftAlone) {
  sh("nft add table inet mine; nft add chain inet mine input '{ type filter hook input priority 0; }';"
     "nft add set inet mine s '{ type ipv4_addr; }'; nft add rule inet mine input tcp dport '{ 80, 443 }' "
     "accept");
  auto before = sh("nft list table inet mine");
  apply_and_expect_fulfilled();
  EXPECT_EQ(sh("nft list table inet mine"), before);
}

PYFW_ON_BOTH_BACKENDS(Refusals);
INSTANTIATE_TEST_SUITE_P(On, NativeRules, testing::Values(lab::Backend::kNft), backend_name);

}  // namespace
}  // namespace pyfw::netns
