#include "nft/nft_writers.h"

#include <fmt/format.h>

#include "nft/nft_rules.h"
#include "sys/namespace_for_tests.h"

namespace pyfw {
namespace {

using testing::ElementsAre;
using testing::Field;
using testing::IsEmpty;

class NftWritersTest : public InOwnNamespace {};

TEST_F(NftWritersTest, EachCommitTellsItsProcessOnceAndInOrder) {
  auto listener = expect(NftWriters::open());
  EXPECT_THAT(listener.writers(), IsEmpty());
  auto before = expect(expect(NftRules::open()).generation());
  // `exec` keeps the pid of the shell.
  auto first = sh("echo $$; exec nft add table ip mine");
  auto second = sh("echo $$; exec iptables-nft -A INPUT -s 10.0.0.1 -j DROP");
  auto third = sh("echo $$; exec nft delete table ip mine");
  EXPECT_THAT(
      listener.writers(),
      ElementsAre(NftWriter{before + 1, static_cast<std::uint32_t>(std::stoul(first)), "nft"},
                  NftWriter{before + 2, static_cast<std::uint32_t>(std::stoul(second)), "iptables-nft"},
                  NftWriter{before + 3, static_cast<std::uint32_t>(std::stoul(third)), "nft"}));
  EXPECT_THAT(listener.writers(), IsEmpty());
}

TEST_F(NftWritersTest, WhatWasBeforeItWasOpenedIsNotTold) {
  sh("nft add table ip mine");
  auto listener = expect(NftWriters::open());
  sh("iptables-nft-save; nft list ruleset");
  EXPECT_THAT(listener.writers(), IsEmpty());
}

TEST_F(NftWritersTest, AGenerationIsToldWhenItsRulesAreThere) {
  auto listener = expect(NftWriters::open());
  auto nft = expect(NftRules::open());
  auto before = expect(nft.generation());
  EXPECT_FALSE(listener.has_told(before, 0));
  sh("nft add table ip mine");
  EXPECT_TRUE(listener.has_told(before + 1, 1000));
  EXPECT_FALSE(listener.has_told(before + 2, 1));
  EXPECT_THAT(listener.writers(), ElementsAre(Field(&NftWriter::generation, before + 1)));
}

TEST_F(NftWritersTest, AFailedCommitIsNone) {
  auto listener = expect(NftWriters::open());
  sh("! nft 'add table ip mine; add rule ip mine nowhere accept' 2>/dev/null");
  EXPECT_THAT(listener.writers(), IsEmpty());
}

TEST_F(NftWritersTest, TenThousandRulesAreOneCommit) {
  auto listener = expect(NftWriters::open());
  std::string text = "*filter\n";
  for (int i = 0; i < 10'000; ++i) text += fmt::format("-A INPUT -s 10.0.{}.{} -j DROP\n", i / 256, i % 256);
  sh("iptables-nft-restore", text + "COMMIT\n");
  EXPECT_THAT(listener.writers(), ElementsAre(Field(&NftWriter::program, "iptables-nft-re")));
}

TEST_F(NftWritersTest, MoreThanFitsIsLostAndThenItListensOn) {
  auto listener = expect(NftWriters::open());
  std::string text = "*filter\n";
  for (int i = 0; i < 60'000; ++i) text += fmt::format("-A INPUT -s 10.{}.{}.1 -j DROP\n", i / 256, i % 256);
  sh("iptables-nft-restore", text + "COMMIT\n");
  listener.writers();
  sh("nft add table ip mine");
  EXPECT_THAT(listener.writers(), ElementsAre(Field(&NftWriter::program, "nft")));
}

}  // namespace
}  // namespace pyfw
