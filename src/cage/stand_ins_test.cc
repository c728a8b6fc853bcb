#include "cage/stand_ins.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace pyfw {
namespace {

using testing::ElementsAre;

TEST(ParseNotes, EachLineIsACommandThatWasMasked) {
  EXPECT_THAT(
      parse_notes("not-done modprobe ip_tables\nno-docker docker ps -q\nno-network curl\n"),
      ElementsAre(MaskedCommand{Mask::kNotDone, "modprobe ip_tables"},
                  MaskedCommand{Mask::kNoDocker, "docker ps -q"}, MaskedCommand{Mask::kNoNetwork, "curl"}));
}

TEST(ParseNotes, WhatTheScriptItselfWroteThereIsPassedOver) {
  EXPECT_THAT(parse_notes("\n\n  \nrubbish of mine\nnot-done\nnot-done x"),
              ElementsAre(MaskedCommand{Mask::kNotDone, "x"}));
}

}  // namespace
}  // namespace pyfw
