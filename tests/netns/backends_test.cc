// Which backend of iptables pyfw works on, and that looking makes no table on either.

#include <fmt/format.h>

#include "live.h"

namespace pyfw::netns {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class Backends : public LiveTest {
 protected:
  [[nodiscard]] std::string usual() const { return is_legacy() ? "legacy" : "nft"; }
  [[nodiscard]] std::string other() const { return is_legacy() ? "nft" : "legacy"; }
  void add(const std::string& backend, const std::string& rule) const {
    sh(fmt::format("iptables-{} {}", backend, rule));
  }
  void add_docker(const std::string& backend) const {
    add(backend, "-t nat -N DOCKER");
    add(backend, "-t nat -A DOCKER -i docker0 -j RETURN");
  }
  std::string input_of(const std::string& backend) const {
    return sh(fmt::format("iptables-{}-save -t filter | grep '^-A INPUT' || true", backend));
  }
  void wish_a() const {
    wish("pyfw_wishes:\n  iptables:\n    filter:\n      INPUT:\n        rules:\n        - a: -j LOG\n");
  }
  // Applies, and expects the rule on that backend and not on the other one.
  void expect_applied_on(const std::string& backend, const std::string& why,
                         const std::vector<std::string>& options = {}) const {
    wish_a();
    std::vector<std::string> arguments = {"apply"};
    arguments.insert(arguments.end(), options.begin(), options.end());
    auto run = pyfw(arguments);
    EXPECT_EQ(run.status, 0) << run.out << run.err;
    EXPECT_THAT(run.err, HasSubstr("working on the " + backend + " rules: " + why));
    EXPECT_THAT(input_of(backend), HasSubstr("--comment a -j LOG"));
    EXPECT_THAT(input_of(backend == "nft" ? "legacy" : "nft"), Not(HasSubstr("--comment a -j LOG")));
    arguments[0] = "plan";
    EXPECT_EQ(pyfw(arguments).status, 0);
  }
};

TEST_P(Backends, WithoutRulesItIsWhatIptablesMeans) { expect_applied_on(usual(), "there are no"); }

TEST_P(Backends, WithRulesOnOneItIsThatOne) {
  add(other(), "-A INPUT -s 10.9.9.9 -j DROP");
  expect_applied_on(other(),
                    other() == "nft" ? "there are no legacy tables" : "all rules of this host are there");
}

TEST_P(Backends, ARollbackIsOfTheOneThatWasAppliedToLast) {
  add(usual(), "-A INPUT -s 10.9.9.9 -j DROP");
  wish_a();
  ASSERT_EQ(pyfw({"apply"}).status, 0);
  wish("pyfw_wishes: { iptables: { filter: { INPUT: { rules: [ b: -j LOG ] } } } }");
  ASSERT_EQ(pyfw({"apply", "--backend", other()}).status, 0);
  ASSERT_THAT(input_of(other()), HasSubstr("--comment b"));
  auto run = pyfw({"rollback"});
  EXPECT_EQ(run.status, 0) << run.out << run.err;
  EXPECT_THAT(input_of(other()), Not(HasSubstr("--comment b")));
  EXPECT_THAT(input_of(usual()), HasSubstr("--comment a"));
  run = pyfw({"status"});
  EXPECT_EQ(run.status, 0) << run.out << run.err;
}

TEST_P(Backends, WhatWasAppliedByTheClassicFlagsIsLookedAtAndPutBackThere) {
  wish_a();
  apply();
  add(other(), "-A INPUT -s 10.9.9.9 -j DROP");
  add_docker(other());
  EXPECT_EQ(pyfw({"status"}).status, 0);
  add(usual(), "-F INPUT");
  EXPECT_EQ(pyfw({"status"}).status, 3);
  EXPECT_EQ(pyfw({"boot"}).status, 0);
  EXPECT_THAT(input_of(usual()), HasSubstr("--comment a -j LOG"));
  EXPECT_THAT(input_of(other()), Not(HasSubstr("--comment a -j LOG")));
}

TEST_P(Backends, EmptyTablesOfTheOtherMeanNothing) {
  sh("iptables-legacy -L -n >/dev/null; iptables-nft -A INPUT -j LOG; iptables-nft -D INPUT -j LOG");
  add(other(), "-A INPUT -s 10.9.9.9 -j DROP");
  expect_applied_on(other(), "all rules of this host are there");
}

TEST_P(Backends, WithRulesOnBothAndNoDockerTheOwnerMustSay) {
  add("nft", "-A INPUT -s 10.9.9.9 -j DROP");
  add("legacy", "-A INPUT -s 10.9.9.8 -j DROP");
  wish_a();
  for (const char* command : {"plan", "apply"}) {
    auto run = pyfw({command});
    EXPECT_EQ(run.status, 1) << command;
    EXPECT_THAT(run.err, HasSubstr("both backends of iptables, nft and legacy, hold rules"));
    EXPECT_THAT(run.err, HasSubstr("--backend nft or --backend legacy"));
  }
  expect_applied_on(other(), "it was asked for", {"--backend", other()});
}

TEST_P(Backends, AStateShowsTheRulesOfBoth) {
  add("nft", "-A INPUT -s 10.9.9.9 -j DROP");
  add("legacy", "-A INPUT -s 10.9.9.8 -j DROP");
  auto state = pyfw({"state"});
  EXPECT_EQ(state.status, 0) << state.err;
  auto other_at = state.out.find("  other_backend:\n    iptables:\n");
  ASSERT_NE(other_at, std::string::npos) << state.out;
  EXPECT_THAT(state.out, HasSubstr("  backend: " + usual() + "\n"));
  bool is_nft = usual() == "nft";
  EXPECT_LT(state.out.find(is_nft ? "10.9.9.9/32" : "10.9.9.8/32"), other_at);
  EXPECT_GT(state.out.find(is_nft ? "10.9.9.8/32" : "10.9.9.9/32"), other_at);

  auto asked = pyfw({"state", "--backend", other(), "--format", "json"});
  EXPECT_THAT(asked.out, HasSubstr("\"backend\": \"" + other() + "\""));
  EXPECT_LT(asked.out.find(is_nft ? "10.9.9.8/32" : "10.9.9.9/32"), asked.out.find("other_backend"));
}

TEST_P(Backends, WithDockerInOneItIsDockers) {
  add_docker(other());
  add(usual(), "-A INPUT -s 10.9.9.8 -j DROP");
  expect_applied_on(other(),
                    "Docker's rules are there; " + usual() + " holds others, which see every packet too");
}

TEST_P(Backends, WithDockerInBothTheOwnerMustSay) {
  add_docker("nft");
  add_docker("legacy");
  wish_a();
  auto run = pyfw({"apply"});
  EXPECT_EQ(run.status, 1);
  EXPECT_THAT(run.err, HasSubstr("Docker has rules in both backends of iptables, nft and legacy"));
  expect_applied_on("legacy", "it was asked for", {"--backend", "legacy"});
}

TEST_P(Backends, NameOfAWishInTheOneThatDockerDoesNotUseIsRefused) {
  add_docker(other());
  add(usual(), "-A INPUT -m comment --comment a -j DROP");
  wish_a();
  for (const char* command : {"plan", "apply"}) {
    auto run = pyfw({command});
    EXPECT_EQ(run.status, 2) << run.out << run.err;
    EXPECT_THAT(run.err,
                HasSubstr("/etc/pyfw/wishes.yaml:6:11: error: a rule of this name stands in the backend " +
                          usual() + ", which Docker does not use"));
  }
  EXPECT_EQ(input_of(other()), "");
  expect_applied_on(other(), "it was asked for", {"--backend", other()});
}

TEST_P(Backends, LookingMakesNoTableOnEither) {
  auto tables = [&] {
    return sh("cat /proc/net/ip_tables_names /proc/net/ip6_tables_names; nft list tables; ipset list -name");
  };
  ASSERT_EQ(tables(), "");
  wish(
      "pyfw_wishes:\n  ipsets: { s: { type: 'hash:ip' } }\n  ip46tables: { filter: { INPUT: { "
      "default_action: DROP, rules: "
      "[a: -p tcp -j LOG, -j MINE] }, MINE: { rules: [] } } }\n");
  for (const std::vector<std::string>& looking : {std::vector<std::string>{"plan"},
                                                  {"plan", "--backend", "nft"},
                                                  {"plan", "--backend", "legacy"},
                                                  {"state"},
                                                  {"state", "--backend", "legacy"},
                                                  {"state", "--backend", "nft"},
                                                  {"snapshots"},
                                                  {"--print-state"},
                                                  {"--print-desired-state"},
                                                  {"--print-state-diff"},
                                                  {"plan", "--format", "json"},
                                                  {}}) {
    auto run = pyfw(looking);
    EXPECT_THAT(run.status, testing::AnyOf(0, 3)) << run.err;
    EXPECT_EQ(tables(), "") << testing::PrintToString(looking);
  }
  EXPECT_EQ(sh("ls -A /var/lib/pyfw 2>/dev/null || true"), "");
}

TEST_P(Backends, NativeRulesAmongThoseOfIptablesAreRefused) {
  sh("iptables-nft -A INPUT -j LOG; nft add rule ip filter INPUT tcp dport '{ 80, 443 }' accept");
  auto before = sh("nft list ruleset");
  wish_a();
  for (const char* command : {"plan", "apply"}) {
    auto run = pyfw({command, "--backend", "nft"});
    EXPECT_EQ(run.status, 1) << command << run.out;
    EXPECT_THAT(run.err, HasSubstr("INPUT"));
    EXPECT_EQ(sh("nft list ruleset"), before);
  }
}

PYFW_ON_BOTH_BACKENDS(Backends);

}  // namespace
}  // namespace pyfw::netns
