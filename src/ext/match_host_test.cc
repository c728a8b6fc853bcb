#include <gtest/gtest.h>

#include "ext/encounters_for_tests.h"

namespace pyfw {
namespace {

constexpr auto kYes = Answer::kYes;
constexpr auto kNo = Answer::kNo;
constexpr auto kDepends = Answer::kDepends;

TEST(MatchComment, MeansNothing) {
  expect_answers(web_request(), {{"-m comment --comment \"-p udp\" -j ACCEPT", kYes}});
}

TEST(MatchMark, UnderAMask) {
  auto packet = web_request();
  packet.mark = 0x13;
  expect_answers(packet, {{"-m mark --mark 0x13", kYes},
                          {"-m mark --mark 0x3/0xf", kYes},
                          {"-m mark --mark 0x13/0xf", kNo},
                          {"-m mark ! --mark 0x0", kYes},
                          {"-m mark ! --mark 0x3/0xf", kNo}});
}

Encounter sent_by(std::optional<SocketOwner> owner) {
  auto packet = web_request();
  packet.hook = Hook::kOutput;
  packet.in_interface.clear();
  packet.owner = owner;
  return packet;
}

TEST(MatchOwner, RangesOfUsersAndGroups) {
  expect_answers(sent_by(SocketOwner{.uid = 1000, .gid = 27}),
                 {
                     {"-m owner --uid-owner 1000", kYes},
                     {"-m owner --uid-owner 0-999", kNo},
                     {"-m owner ! --uid-owner 0-999 --gid-owner 27", kYes},
                     {"-m owner ! --gid-owner 27", kNo},
                     {"-m owner --socket-exists", kYes},
                     {"-m owner ! --socket-exists", kNo},
                     {"-m owner --gid-owner 27 --suppl-groups", kDepends},
                 });
}

// owner_mt() in the kernel's xt_owner.c.
TEST(MatchOwner, WithoutASocketJustWhatIsInvertedHolds) {
  expect_answers(sent_by(std::nullopt), {
                                            {"-m owner --uid-owner 1000", kNo},
                                            {"-m owner ! --uid-owner 1000", kYes},
                                            {"-m owner ! --uid-owner 1000 --gid-owner 5", kNo},
                                            {"-m owner --socket-exists", kNo},
                                            {"-m owner ! --socket-exists", kYes},
                                            {"-m cgroup --cgroup 1", kNo},
                                        });
}

// Such a socket is there, and belongs to nobody.
TEST(MatchOwner, ASocketOfTheKernelsOwn) {
  expect_answers(sent_by(SocketOwner{.is_kernel = true}), {{"-m owner --socket-exists", kYes},
                                                           {"-m owner --uid-owner 0", kNo},
                                                           {"-m owner ! --uid-owner 0", kYes}});
}

TEST(MatchOwner, AUserThatIsNotKnownDepends) {
  expect_answers(sent_by(SocketOwner{}), {{"-m owner --uid-owner 1000", kDepends},
                                          {"-m owner --socket-exists", kYes},
                                          {"-m cgroup --cgroup 1", kDepends}});
}

TEST(MatchPolicy, NoPlainPacketWentThroughIpsec) {
  expect_answers(web_request(), {{"-m policy --dir out --pol none", kYes},
                                 {"-m policy --dir in --pol ipsec --strict --reqid 1 --proto esp", kNo}});
}

TEST(MatchRecent, SetAlwaysMatches) {
  expect_answers(web_request(), {
                                    {"-m recent --set --name x --mask 255.255.255.255 --rsource", kYes},
                                    {"-m recent ! --set --name x", kNo},
                                    {"-m recent --rcheck --seconds 60 --name x --rsource", kDepends},
                                    {"-m recent ! --remove --name x", kDepends},
                                });
}

TEST(MatchStatistic, ChanceIsNamedAsSuch) {
  auto reason = [](const char* text) {
    auto rule = compile(Rule{text}, Family::kIpv4);
    return std::get<Unknowable>(rule.conditions.at(0).kind).reason;
  };
  EXPECT_EQ(reason("-m statistic --mode random --probability 0.5"), "chance");
  EXPECT_EQ(reason("-m statistic --mode nth --every 3 --packet 2"), "how many packets came before");
}

TEST(WhatNobodyCanTell, IsToldEachRuleForItselfWhereEachCounts) {
  auto is_per_rule = [](const char* text) {
    auto rule = compile(Rule{text}, Family::kIpv4);
    return std::get<Unknowable>(rule.conditions.at(0).kind).is_per_rule;
  };
  for (const char* text :
       {"-m limit --limit 3/min", "-m statistic --mode random --probability 0.5", "-m nonsense"})
    EXPECT_TRUE(is_per_rule(text)) << text;
  for (const char* text : {"-m string --string a --algo bm", "-m time --timestart 10:00", "-m cpu --cpu 1"})
    EXPECT_FALSE(is_per_rule(text)) << text;
}

TEST(MatchSet, MembersOfASet) {
  SurroundingsForTests host;
  host.index = SetIndex(Sets{{.name = "s", .type = "hash:ip", .members = {"192.0.2.1"}}});
  expect_answers(web_request(),
                 {
                     {"-m set --match-set s src", kYes},
                     {"-m set --match-set s dst", kNo},
                     {"-m set ! --match-set s src", kNo},
                     {"-m set ! --match-set s dst", kYes},
                     {"-m set --match-set missing src", kDepends},
                     {"-m set ! --match-set missing src", kDepends},
                     {"-m set --match-set s dst --packets-gt 1", kNo},
                     {"-m set --match-set s src --packets-gt 1", kDepends},
                     {"-m set ! --match-set s dst --bytes-lt 1", kYes},
                     {"-m set --match-set s src ! --update-counters", kYes},
                 },
                 host);
}

TEST(MatchSet, ACounterOptionLeavesTheOthersAsTheyWere) {
  auto rule = compile(Rule{"-m set ! --match-set s src,dst --return-nomatch ! --bytes-eq 2"}, Family::kIpv4);
  const auto& any = std::get<AnyOf>(rule.conditions.at(0).kind);
  EXPECT_EQ(std::get<InSet>(any.conditions.at(0).kind),
            (InSet{.name = "s", .inverted = true, .return_nomatch = true, .dimensions = 2, .sources = 1}));
}

}  // namespace
}  // namespace pyfw
