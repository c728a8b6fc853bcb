#include "cage/run_words.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace pyfw {
namespace {

TEST(WordsAbout, OfAQuietRunThereAreNone) { EXPECT_EQ(words_about("fw.sh", {}, {}), ""); }

TEST(WordsAbout, AllThatMattersIsSaid) {
  CagedRun run{.unseen = {"the table inet x of nftables"},
               .output = "one\ntwo\x1b\n",
               .status = 1,
               .masked = {{Mask::kNotDone, "systemctl restart docker"},
                          {Mask::kNoNetwork, "curl a"},
                          {Mask::kNotDone, "systemctl restart docker"}}};
  LostRules gone{
      .chain = {.family = Family::kIpv4, .table = "filter", .chain = "DOCKER"}, .is_gone = true, .rules = 1};
  LostRules flushed{.chain = {.family = Family::kIpv4, .table = "filter", .chain = "FORWARD"}, .rules = 6};
  EXPECT_EQ(words_about("fw.sh", run, std::vector{gone, flushed}),
            "fw.sh ended with status 1: its rules may not be all that it would make on the host\n"
            "fw.sh printed:\n"
            "    one\n"
            "    two\\x1b\n"
            "not done, while the script was told that it was:\n"
            "    systemctl restart docker\n"
            "failed, since there is no network in there:\n"
            "    curl a\n"
            "not among the wishes, though the script made it:\n"
            "    the table inet x of nftables\n"
            "the script removes what others put there; the wishes leave it alone:\n"
            "    iptables filter DOCKER: the chain, with 1 rule\n"
            "    iptables filter FORWARD: 6 rules\n");
}

TEST(WordsAbout, AScriptThatWaitedWithoutEndDidNotFailByItself) {
  CagedRun run{.status = 137, .masked = {{Mask::kNoNetwork, "ping a"}, {Mask::kEndless, "sleep 5"}}};
  EXPECT_EQ(words_about("fw.sh", run, {}),
            "fw.sh waits without end, and was ended at one of many `sleep 5`\n"
            "failed, since there is no network in there:\n"
            "    ping a\n");
  EXPECT_THAT(failures_of(run),
              testing::ElementsAre("it waits without end: it was ended at one of many `sleep 5`, and what it "
                                   "does later is missing",
                                   "no network: ping a"));
}

TEST(FailuresOf, WhatMayHaveCostRulesIsNamedOnce) {
  CagedRun run{.output =
                   "begun\n"
                   "iptables v1.8.9 (nf_tables): Couldn't load match `layer7':No such file or directory\n"
                   "Try `iptables -h' or 'iptables --help' for more information.\n"
                   "iptables v1.8.9 (nf_tables): Couldn't load match `layer7':No such file or directory\n"
                   "iptables: Bad rule (does a matching rule exist in that chain?).\n"
                   "iptables: Chain already exists.\n"
                   "ipset v7.17: Element cannot be added to the set: it's already added\n"
                   "/etc/fw.sh: 7: iptables-restore: not found\n"
                   "/etc/fw.sh: line 8: ufw: command not found\n"
                   "Bad argument `tcp'\n"
                   "the key was not found here\n"
                   "iptables-restore: line 3 failed\n"
                   "line 3: RULE_APPEND failed (No such file or directory): rule in chain INPUT\n"
                   "rules of iptables: done\n",
               .status = 2,
               .masked = {{Mask::kNotDone, "systemctl restart docker"},
                          {Mask::kNoNetwork, "curl -s a"},
                          {Mask::kNoDocker, "docker ps"},
                          {Mask::kNoNetwork, "curl -s a"}}};
  EXPECT_THAT(failures_of(run),
              testing::ElementsAre(
                  "it ended with status 2", "no network: curl -s a", "no Docker to ask: docker ps",
                  "iptables v1.8.9 (nf_tables): Couldn't load match `layer7':No such file or directory",
                  "/etc/fw.sh: 7: iptables-restore: not found", "/etc/fw.sh: line 8: ufw: command not found",
                  "Bad argument `tcp'", "iptables-restore: line 3 failed",
                  "line 3: RULE_APPEND failed (No such file or directory): rule in chain INPUT"));
  EXPECT_THAT(failures_of({.output = "fine\n"}), testing::IsEmpty());
}

TEST(FailuresOf, OfManyTheFirstAreNamed) {
  CagedRun run;
  for (int i = 0; i < 20; ++i) run.masked.push_back({Mask::kNoNetwork, "curl " + std::to_string(i)});
  auto failures = failures_of(run);
  EXPECT_EQ(failures.size(), 13);
  EXPECT_EQ(failures.back(), "and 8 more");
}

TEST(WordsAbout, OfManyCommandsTheFirstAreNamed) {
  CagedRun run;
  for (int i = 0; i < 20; ++i) run.masked.push_back({Mask::kNotDone, "modprobe " + std::to_string(i)});
  auto words = words_about("fw.sh", run, {});
  EXPECT_TRUE(words.contains("modprobe 11\n    and 8 more\n")) << words;
}

}  // namespace
}  // namespace pyfw
