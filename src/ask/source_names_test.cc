#include "ask/source_names.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "prove/packet_space.h"
#include "trace/host_for_tests.h"

namespace pyfw {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

PointSpan from_to(const char* first, const char* last) {
  return {.first = point_of(ip(first)), .last = point_of(ip(last))};
}
const Spans kWorld = {from_to("1.0.0.0", "9.255.255.255"), from_to("11.0.0.0", "126.255.255.255")};
const Spans kBridge = {from_to("172.17.0.0", "172.17.0.0"), from_to("172.17.0.2", "172.17.255.254")};

Scene scene_with(const char* sets = "") {
  HostForTests made;
  made.with_docker().sets(sets);
  return Scene(made.state());
}

SourceNames::Called call(const Scene& scene, const Spans& sources, const Spans& asked,
                         const char* interface) {
  return SourceNames(scene, Family::kIpv4).call(sources, asked, interface);
}

TEST(SourceNames, AllThatComeInWhereTheWorldDoesAreAnywhere) {
  auto scene = scene_with();
  auto called = call(scene, kWorld, kWorld, "eth0");
  EXPECT_TRUE(called.is_anywhere);
  EXPECT_THAT(called.names, IsEmpty());
}

TEST(SourceNames, ASetIsCalledByItsName) {
  auto scene = scene_with(
      "create friends hash:ip family inet hashsize 1024 maxelem 65536\nadd friends 1.2.3.4\nadd friends "
      "1.2.3.9\n");
  Spans friends = {from_to("1.2.3.4", "1.2.3.4"), from_to("1.2.3.9", "1.2.3.9")};
  EXPECT_THAT(call(scene, friends, kWorld, "eth0").names, ElementsAre("set:friends"));
  auto others = call(scene, without(kWorld, friends), kWorld, "eth0");
  EXPECT_TRUE(others.is_anywhere);
  EXPECT_THAT(others.names, ElementsAre("set:friends"));
}

TEST(SourceNames, ANetworkThatTheWishesNameIsCalledByThat) {
  HostForTests made;
  made.with_docker();
  Scene scene(made.state(), {{.name = "${office}", .network = *Prefix::parse("11.0.0.0/24")},
                             {.name = "${six}", .network = *Prefix::parse("2001:db8::/32")}});
  EXPECT_THAT(call(scene, {from_to("11.0.0.0", "11.0.0.255")}, kWorld, "eth0").names,
              ElementsAre("${office}"));
}

TEST(SourceNames, ANetworkIsCalledByItsNameThoughItsBroadcastNeverComesIn) {
  auto scene = scene_with();
  auto called = call(scene, kBridge, kBridge, "docker0");
  EXPECT_FALSE(called.is_anywhere);
  EXPECT_THAT(called.names, ElementsAre("network bridge"));
}

TEST(SourceNames, ContainersAreCalledByTheirNamesWhereTheyAreAll) {
  auto scene = scene_with();
  EXPECT_THAT(call(scene, {from_to("172.17.0.2", "172.17.0.3")}, kBridge, "docker0").names,
              ElementsAre("172.17.0.2/31"));
  EXPECT_THAT(call(scene, {from_to("172.17.0.3", "172.17.0.3")}, kBridge, "docker0").names,
              ElementsAre("container b"));
}

TEST(SourceNames, WhatNeverComesInMayBeSaidAlong) {
  auto scene = scene_with();
  EXPECT_THAT(call(scene, both(kBridge, {from_to("172.17.0.0", "172.17.0.255")}), kBridge, "docker0").names,
              ElementsAre("172.17.0.0/24"));
  EXPECT_THAT(call(scene, {from_to("172.17.0.9", "172.17.0.12")}, kBridge, "docker0").names,
              ElementsAre("172.17.0.9-172.17.0.12"));
}

TEST(SourceNames, ASetOfManyIsOneName) {
  std::string members = "create many hash:ip family inet hashsize 1024 maxelem 131072\n";
  Spans many;
  for (unsigned i = 0; i < 65000; ++i) {
    auto address = fmt::format("20.{}.{}.{}", i / 32768, i / 128 % 256, i % 128 * 2);
    members += fmt::format("add many {}\n", address);
    many.push_back({point_of(ip(address)), point_of(ip(address))});
  }
  auto scene = scene_with(members.c_str());
  EXPECT_THAT(call(scene, many, kWorld, "eth0").names, ElementsAre("set:many"));
  auto others = call(scene, without(kWorld, many), kWorld, "eth0");
  EXPECT_TRUE(others.is_anywhere);
  EXPECT_THAT(others.names, ElementsAre("set:many"));
}

}  // namespace
}  // namespace pyfw
