#include "nft/nft_write_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace pyfw {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(NftWriteLog, OursAreTheFirstAfterALookOrSomeoneElseWrote) {
  NftWriteLog log;
  log.note_own("pyfw");
  log.note_own("iptables-nft-re");
  log.take({{5, 100, "pyfw"}, {6, 101, "iptables-nft-re"}, {7, 200, "iptables"}});
  EXPECT_TRUE(log.were_only_ours(4, 2));
  EXPECT_FALSE(log.were_only_ours(3, 2));
  EXPECT_FALSE(log.were_only_ours(4, 3));
  NftWriteLog overtaken;
  overtaken.note_own("pyfw");
  overtaken.take({{5, 200, "iptables"}, {6, 100, "pyfw"}});
  EXPECT_FALSE(overtaken.were_only_ours(4, 1));
}

TEST(NftWriteLog, WhereOthersUseOurProgramItCanNotBeTold) {
  NftWriteLog log;
  log.note_own("iptables-nft-re");
  log.take({{5, 100, "iptables-nft-re"}});
  EXPECT_TRUE(log.were_only_ours(4, 1));
  log.take({{6, 200, "iptables-nft-re"}});
  EXPECT_FALSE(log.were_only_ours(4, 1));
}

TEST(NftWriteLog, WhatWasNotToldMakesItDoubtful) {
  NftWriteLog log;
  log.note_own("pyfw");
  log.take({{6, 100, "pyfw"}});
  EXPECT_FALSE(log.were_only_ours(4, 1));
}

TEST(NftWriteLog, NamesOthersOnceAndNeverUs) {
  NftWriteLog log;
  log.note_own("pyfw");
  log.take({{5, 200, "iptables"}, {6, 100, "pyfw"}, {7, 200, "iptables"}, {8, 201, "ufw"}});
  EXPECT_THAT(log.take_others(), ElementsAre("iptables (pid 200)", "ufw (pid 201)"));
  EXPECT_THAT(log.take_others(), IsEmpty());
  log.take({{9, 100, "pyfw"}});
  EXPECT_THAT(log.take_others(), ElementsAre("pyfw (pid 100)"));
}

}  // namespace
}  // namespace pyfw
