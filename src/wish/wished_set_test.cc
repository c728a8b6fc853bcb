#include "wish/wished_set.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "wish/wishes_for_tests.h"

namespace pyfw {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const Set kLive{.name = "s",
                .type = "hash:ip",
                .header = "family inet hashsize 1024 maxelem 65536 timeout 0 comment",
                .members = {"10.0.0.1 timeout 0", "10.0.0.2 timeout 5 comment x", "10.0.0.3 timeout 0"}};

Result<Sets> desired(const std::string& set, const Sets& live = {kLive}) {
  TRY(auto wishes, wishes_from({"pyfw_wishes: { ipsets: { s: " + set + " } }\n"}));
  TRY(auto sets, write_sets(wishes, State{.iptables = {}, .ip6tables = {}, .sets = live}));
  return sets_with_wishes(live, sets);
}

std::vector<std::string> members(const std::string& set, const Sets& live = {kLive}) {
  auto sets = desired(set, live);
  return sets ? (*sets)[0].members : std::vector{told(sets)};
}

TEST(WishedMembers, EqualMeansExactlyThese) {
  EXPECT_THAT(members("{ members_equal: [ 10.0.0.9, 10.0.0.2 ] }"),
              ElementsAre("10.0.0.2 timeout 5 comment x", "10.0.0.9"));
  EXPECT_THAT(members("{ members_equal: [] }"), ElementsAre());
  EXPECT_THAT(members("{ members_file: x }"),
              ElementsAre("10.0.0.1 timeout 0", "10.0.0.2 timeout 5 comment x"));
}

TEST(WishedMembers, IncludeAddsAndExcludeRemovesAndTheOthersStay) {
  EXPECT_THAT(members("{ members_include: [ 10.0.0.9, 10.0.0.1 ], members_exclude: [ 10.0.0.3, 10.0.0.8 ] }"),
              ElementsAre("10.0.0.1 timeout 0", "10.0.0.2 timeout 5 comment x", "10.0.0.9"));
}

TEST(WishedMembers, AnExtraThatIsWishedReplacesTheMember) {
  EXPECT_THAT(members("{ members_include: [ 10.0.0.2 comment y ] }"),
              ElementsAre("10.0.0.1 timeout 0", "10.0.0.3 timeout 0", "10.0.0.2 comment y"));
  EXPECT_THAT(members("{ members_include: [ 10.0.0.2 comment x timeout 600 ] }").size(), 3U);
}

TEST(WishedMembers, OfAListKeepTheirOrder) {
  Sets live = {{.name = "s", .type = "list:set", .header = "size 8", .members = {"a", "b"}},
               {.name = "a", .type = "hash:ip"},
               {.name = "b", .type = "hash:ip"}};
  EXPECT_THAT(members("{ members_equal: [ b, a ] }", live), ElementsAre("b", "a"));
}

TEST(WishedSet, ANewOneHasTheWishedOptionsAndAFamily) {
  auto sets = desired("{ type: hash:ip, options: { maxelem: 131072, comment: true, counters: false } }", {});
  ASSERT_TRUE(sets) << told(sets);
  EXPECT_EQ((*sets)[0].header, "family inet comment maxelem 131072");
  EXPECT_EQ((*desired("{ type: hash:net, options: { family: inet6 } }", {}))[0].header, "family inet6");
  EXPECT_EQ((*desired("{ type: list:set }", {}))[0].header, "");
}

TEST(WishedSet, WhatIsNotWishedNeverDrifts) {
  EXPECT_EQ(*desired("{ type: hash:ip }"), Sets{kLive});
  EXPECT_EQ(*desired("{}"), Sets{kLive});
  EXPECT_EQ(*desired("{ type: hash:ip, options: { maxelem: 65536, hashsize: 64, forceadd: true } }"),
            Sets{kLive});
}

TEST(WishedSet, AnotherTypeOrOptionIsADifference) {
  auto difference_of = [](const std::string& set) {
    auto wishes = wishes_from({"pyfw_wishes: { ipsets: { s: " + set + " } }\n"});
    auto sets = write_sets(*wishes, State{.iptables = {}, .ip6tables = {}, .sets = {kLive}});
    return sets ? difference(kLive, (*sets)[0]) : told(sets);
  };
  EXPECT_EQ(difference_of("{ type: hash:ip }"), "");
  EXPECT_EQ(difference_of("{ type: hash:net }"), "type hash:ip, not hash:net");
  EXPECT_EQ(difference_of("{ options: { maxelem: 5 } }"), "maxelem 65536, not 5");
  EXPECT_EQ(difference_of("{ options: { counters: true } }"), "no option counters");
}

TEST(WishedSet, WithoutATypeItMustBeThere) {
  EXPECT_THAT(told(desired("{ members_include: [ 10.0.0.1 ] }", {})), HasSubstr("set 's' has no type"));
}

struct Refused {
  const char* type;
  const char* member;
  const char* why;
};

TEST(WishedMembers, WhatIpsetWouldResolveOrRefuseIsRefusedAtItsPlace) {
  for (const auto& [type, member, why] :
       std::initializer_list<Refused>{{"hash:ip", "localhost", "is no address"},
                                      {"hash:ip", "example.org", "is no address"},
                                      {"hash:ip", "2001:db8::1", "IPv6"},
                                      {"hash:ip", "10.0.0.1,tcp:80", "has 2 parts"},
                                      {"hash:ip", "-exist", "is no member"},
                                      {"hash:net", "0.0.0.0/0", "prefix of length 0"},
                                      {"hash:ip,port", "10.0.0.1", "has 1 part"},
                                      {"hash:ip,port,ip", "10.0.0.1,tcp:80,evil", "is no address"},
                                      {"hash:net,net", "10.0.0.0/8,2001:db8::/32", "IPv6"},
                                      {"bitmap:ip", "::1", "IPv6"}}) {
    auto error =
        told(desired(std::string("{ type: '") + type + "', members_equal: [ '" + member + "' ] }", {}));
    EXPECT_THAT(error, HasSubstr(why)) << type;
    EXPECT_THAT(error, HasSubstr("a.yaml:1:")) << type;
  }
}

TEST(WishedMembers, WhatIpsetTakesIsTaken) {
  for (const auto& [type, member, why] :
       std::initializer_list<Refused>{{"hash:ip", "10.0.0.0/24", ""},
                                      {"hash:ip", "10.0.0.1-10.0.0.9", ""},
                                      {"hash:net", "10.0.0.0/8 nomatch", ""},
                                      {"hash:net,iface", "0.0.0.0/0,eth0", ""},
                                      {"hash:ip,port", "10.0.0.1,udp:53-54", ""},
                                      {"hash:mac", "01:02:03:04:05:06", ""},
                                      {"bitmap:port", "80", ""},
                                      {"bitmap:ip,mac", "10.0.0.1", ""},
                                      {"hash:ip,mark", "10.0.0.1,0x63", ""}})
    EXPECT_EQ(told(desired(std::string("{ type: '") + type + "', members_equal: [ '" + member + "' ] }", {})),
              "no error")
        << type << ' ' << member;
}

TEST(WishedMembers, ACommentKeepsItsBackslashesAndBlanks) {
  EXPECT_THAT(members("{ members_include: [ '10.0.0.9 comment \"on \\\\server\\x y\"' ] }").back(),
              "10.0.0.9 comment \"on \\\\server\\x y\"");
}

}  // namespace
}  // namespace pyfw
