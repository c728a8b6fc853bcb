#include "cage/run_words.h"

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

TEST(WordsAbout, OfManyCommandsTheFirstAreNamed) {
  CagedRun run;
  for (int i = 0; i < 20; ++i) run.masked.push_back({Mask::kNotDone, "modprobe " + std::to_string(i)});
  auto words = words_about("fw.sh", run, {});
  EXPECT_TRUE(words.contains("modprobe 11\n    and 8 more\n")) << words;
}

}  // namespace
}  // namespace pyfw
