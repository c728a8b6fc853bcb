#include "ask/published_ports.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace pyfw {
namespace {

FlowChange published(int port, const std::string& to = "host") {
  return {.connections = {"new"},
          .protocols = {"tcp"},
          .families = {"IPv4"},
          .to = {.names = {to}},
          .ports = std::to_string(port),
          .before = {fmt::format("works, as 172.17.0.{}:80", port - 8000)},
          .after = {"refused"}};
}

TEST(PublishedPorts, OfManyOneLineIsMadeWhereTheFirstStood) {
  auto other = published(9000, "container db");
  auto lines = published_together(
      {published(8001), other, published(8002), published(8004), published(8003), published(8080)});
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_EQ(lines[0].ports, "8001-8004, 8080");
  EXPECT_THAT(lines[0].before, testing::ElementsAre("works, led on"));
  EXPECT_THAT(lines[0].after, testing::ElementsAre("refused"));
  EXPECT_EQ(lines[1], other);
}

TEST(PublishedPorts, FewStayAsTheyAre) {
  std::vector<FlowChange> few = {published(8001), published(8002), published(8003)};
  EXPECT_EQ(published_together(few), few);
}

TEST(PublishedPorts, WhatIsLedElsewhereIsSaidOfEach) {
  std::vector<FlowChange> lines;
  for (int port = 8001; port < 8010; ++port) {
    lines.push_back(published(port));
    lines.back().after = {fmt::format("works, as 172.18.0.{}:80", port - 8000)};
  }
  EXPECT_EQ(published_together(lines), lines);
  for (auto& line : lines) line.before = line.after = {"dropped"};
  EXPECT_EQ(published_together(lines), lines);
}

}  // namespace
}  // namespace pyfw
