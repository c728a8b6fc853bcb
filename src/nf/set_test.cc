#include "nf/set.h"

#include <gtest/gtest.h>

#include "nf/ipset_save.h"

namespace pyfw {
namespace {

Result<Sets> parse(const std::string& text) {
  return parse_ipset_save(std::make_shared<Source>(Source{.name = "save", .text = text}));
}

TEST(ParseIpsetSave, MembersMayBeAddedInAnyOrderOfSets) {
  auto sets = parse(
      "create a hash:ip family inet\ncreate b hash:net\nadd b 10.0.0.0/8\nadd a 10.0.0.1\nadd b "
      "11.0.0.0/8\n");
  ASSERT_TRUE(sets);
  EXPECT_EQ(*sets,
            (Sets{{.name = "a", .type = "hash:ip", .header = "family inet", .members = {"10.0.0.1"}},
                  {.name = "b", .type = "hash:net", .header = "", .members = {"10.0.0.0/8", "11.0.0.0/8"}}}));
}

TEST(ParseIpsetSave, LinesThatNoSavePrintsAreErrorsAtTheirLine) {
  for (const char* line :
       {"add b 1", "create a hash:ip", "create c", "create", "add a", "destroy a", "flush"}) {
    auto sets = parse("create a hash:ip\n" + std::string(line) + "\n");
    ASSERT_FALSE(sets) << line;
    EXPECT_EQ(sets.error().place->line, 2U) << line;
  }
}

TEST(OptionsOf, FlagsHaveNoValue) {
  auto options = options_of("family inet6 hashsize 64 counters comment timeout 0 skbinfo");
  EXPECT_EQ(options, (SetOptions{{"family", "inet6"},
                                 {"hashsize", "64"},
                                 {"counters", ""},
                                 {"comment", ""},
                                 {"timeout", "0"},
                                 {"skbinfo", ""}}));
}

TEST(HasFamily, SetsOfAddressesAreOfOneAndOthersOfBoth) {
  EXPECT_TRUE(has_family({.name = "s", .type = "hash:ip"}, Family::kIpv4));
  EXPECT_FALSE(has_family({.name = "s", .type = "hash:ip"}, Family::kIpv6));
  EXPECT_TRUE(has_family({.name = "s", .type = "hash:net", .header = "family inet6"}, Family::kIpv6));
  EXPECT_FALSE(has_family({.name = "s", .type = "hash:net", .header = "family inet6"}, Family::kIpv4));
  for (const char* type : {"hash:mac", "bitmap:port", "list:set"})
    for (auto family : kFamilies) EXPECT_TRUE(has_family({.name = "s", .type = type}, family)) << type;
}

TEST(CanBeSwapped, OnlySetsOfOneTypeAndFamily) {
  auto set = [](const char* type, const char* header) {
    return Set{.name = "s", .type = type, .header = header};
  };
  EXPECT_TRUE(can_be_swapped(set("hash:ip", "family inet hashsize 64"), set("hash:ip", "maxelem 9")));
  EXPECT_FALSE(can_be_swapped(set("hash:ip", "family inet"), set("hash:ip", "family inet6")));
  EXPECT_FALSE(can_be_swapped(set("hash:ip", ""), set("hash:net", "")));
  EXPECT_TRUE(can_be_swapped(set("list:set", "size 8"), set("list:set", "size 16")));
}

TEST(SetsHeldBy, AreTheElementsOfAListAndOfNothingElse) {
  Set set{.name = "s", .type = "list:set", .members = {"a", "b timeout 3"}};
  EXPECT_EQ(sets_held_by(set), (std::vector<std::string_view>{"a", "b"}));
  set.type = "hash:mac";
  EXPECT_EQ(sets_held_by(set), std::vector<std::string_view>());
}

TEST(ParseMember, CountersAndRemainingTimeAreNoPartOfIt) {
  auto member =
      parse_member(R"(10.0.0.1 timeout 42 packets 7 bytes 700 comment "timeout 5" skbmark 0x1/0xff)");
  EXPECT_EQ(member.element, "10.0.0.1");
  EXPECT_EQ(member.extras, (decltype(member.extras){{"comment", "timeout 5"}, {"skbmark", "0x1/0xff"}}));
}

TEST(ParseMember, ACommentKeepsItsBackslashes) {
  EXPECT_EQ(parse_member(R"(10.0.0.1 comment "a\b c\\")").extras.at("comment"), R"(a\b c\\)");
}

TEST(Fulfils, EveryWishedExtraCountsAndOthersMayStand) {
  auto fulfilled = [](const char* live, const char* wished) {
    return fulfils(parse_member(live), parse_member(wished));
  };
  EXPECT_TRUE(fulfilled("10.0.0.1", "10.0.0.1"));
  EXPECT_TRUE(fulfilled("10.0.0.1 comment x", "10.0.0.1"));
  EXPECT_TRUE(fulfilled("10.0.0.1 timeout 3", "10.0.0.1 timeout 600"));
  EXPECT_FALSE(fulfilled("10.0.0.1", "10.0.0.2"));
  EXPECT_FALSE(fulfilled("10.0.0.1", "10.0.0.1 comment x"));
  EXPECT_FALSE(fulfilled("10.0.0.1 comment y", "10.0.0.1 comment x"));
  EXPECT_FALSE(fulfilled("10.0.0.0/8 nomatch", "10.0.0.0/8"));
  EXPECT_FALSE(fulfilled("10.0.0.0/8", "10.0.0.0/8 nomatch"));
}

TEST(IsVolatileSetOption, WhatTheKernelChangesByItselfIsNoDrift) {
  for (const char* option : {"hashsize", "bucketsize", "initval", "forceadd"})
    EXPECT_TRUE(is_volatile_set_option(option));
  for (const char* option : {"maxelem", "timeout", "counters", "family"})
    EXPECT_FALSE(is_volatile_set_option(option));
}

}  // namespace
}  // namespace pyfw
