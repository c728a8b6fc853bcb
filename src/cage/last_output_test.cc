#include "cage/last_output.h"

#include <gtest/gtest.h>

namespace pyfw {
namespace {

TEST(LastOutput, WhatFitsIsWhole) {
  LastOutput output(8);
  output.add("abc\n");
  output.add("def\n");
  EXPECT_EQ(output.text(), "abc\ndef\n");
}

TEST(LastOutput, OfMoreTheLastWholeLinesAreKept) {
  LastOutput output(8);
  for (int i = 0; i < 1000; ++i) output.add("abc\n");
  output.add("end\n");
  EXPECT_EQ(output.text(), "…\nend\n");
}

TEST(LastOutput, LineThatIsTooLongIsCut) {
  LastOutput output(4);
  output.add("abcdefghijklm");
  EXPECT_EQ(output.text(), "…\njklm");
}

}  // namespace
}  // namespace pyfw
