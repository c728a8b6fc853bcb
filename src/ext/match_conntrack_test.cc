#include <gtest/gtest.h>

#include "ext/encounters_for_tests.h"

namespace pyfw {
namespace {

constexpr auto kYes = Answer::kYes;
constexpr auto kNo = Answer::kNo;
constexpr auto kDepends = Answer::kDepends;

// To 192.0.2.2:8000, which a DNAT has led to 172.17.0.2:80.
Encounter translated() {
  auto encounter = web_request();
  encounter.hook = Hook::kForward;
  encounter.packet.destination = ip("172.17.0.2");
  encounter.connection->original.destination_port = 8000;
  encounter.connection->reply.source = ip("172.17.0.2");
  encounter.connection->has_dnat = true;
  return encounter;
}

Encounter without_connection(CtState state) {
  auto encounter = web_request();
  encounter.state = state;
  encounter.connection.reset();
  return encounter;
}

TEST(MatchConntrack, States) {
  expect_answers(web_request(), {
                                    {"-m conntrack --ctstate NEW", kYes},
                                    {"-m conntrack --ctstate RELATED,ESTABLISHED", kNo},
                                    {"-m conntrack ! --ctstate RELATED,ESTABLISHED", kYes},
                                    {"-m conntrack ! --ctstate NEW", kNo},
                                    {"-m conntrack --ctstate INVALID,NEW", kYes},
                                    {"-m conntrack --ctstate DNAT", kNo},
                                    {"-m conntrack --ctstate SNAT,DNAT", kNo},
                                    {"-m state --state NEW,RELATED", kYes},
                                    {"-m state ! --state NEW", kNo},
                                });
  auto related = web_request();
  related.state = CtState::kRelated;
  expect_answers(related, {{"-m conntrack --ctstate RELATED", kYes}, {"-m state --state ESTABLISHED", kNo}});
  expect_answers(translated(), {{"-m conntrack --ctstate DNAT", kYes},
                                {"-m conntrack --ctstate ESTABLISHED,DNAT", kYes},
                                {"-m conntrack ! --ctstate DNAT", kNo},
                                {"-m conntrack --ctstate SNAT", kNo}});
}

TEST(MatchConntrack, UntrackedIsNotInvalid) {
  expect_answers(without_connection(CtState::kUntracked), {{"-m conntrack --ctstate UNTRACKED", kYes},
                                                           {"-m conntrack --ctstate INVALID", kNo},
                                                           {"-m state --state INVALID,UNTRACKED", kYes}});
  expect_answers(without_connection(CtState::kInvalid), {{"-m conntrack --ctstate UNTRACKED", kNo},
                                                         {"-m conntrack --ctstate INVALID", kYes},
                                                         {"-m conntrack ! --ctstate NEW", kYes}});
}

TEST(MatchConntrack, BothTuples) {
  expect_answers(translated(), {
                                   {"-m conntrack --ctorigdst 192.0.2.2 --ctorigdstport 8000", kYes},
                                   {"-m conntrack --ctorigdstport 80", kNo},
                                   {"-m conntrack ! --ctorigdstport 80", kYes},
                                   {"-m conntrack --ctorigdstport 7999:8001", kYes},
                                   {"-m conntrack --ctorigsrc 192.0.2.0/24", kYes},
                                   {"-m conntrack ! --ctorigsrc 192.0.2.0/24", kNo},
                                   {"-m conntrack --ctorigsrc 192.0.7.1/255.255.0.255", kYes},
                                   {"-m conntrack --ctreplsrc 172.17.0.0/16 --ctreplsrcport 80", kYes},
                                   {"-m conntrack --ctrepldst 192.0.2.1 --ctrepldstport 50000", kYes},
                                   {"-m conntrack --ctrepldst 192.0.2.2", kNo},
                                   {"-m conntrack --ctorigsrcport 50000", kYes},
                                   {"-m conntrack --ctproto 6", kYes},
                                   {"-m conntrack ! --ctproto 6", kNo},
                                   {"-m conntrack --ctproto 17", kNo},
                               });
}

TEST(MatchConntrack, DirectionAndStatus) {
  auto reply = translated();
  reply.connection->is_reply = true;
  reply.connection->status = kSeenReply | kConfirmed;
  expect_answers(reply, {
                            {"-m conntrack --ctdir REPLY", kYes},
                            {"-m conntrack --ctdir ORIGINAL", kNo},
                            {"-m conntrack --ctorigdstport 8000", kYes},
                            {"-m conntrack --ctstatus SEEN_REPLY", kYes},
                            {"-m conntrack --ctstatus EXPECTED,ASSURED", kNo},
                            {"-m conntrack ! --ctstatus EXPECTED", kYes},
                            {"-m conntrack --ctstatus CONFIRMED --ctdir ORIGINAL", kNo},
                            {"-m conntrack --ctstatus NONE", kNo},
                            {"-m conntrack --ctexpire 10:20", kDepends},
                        });
  expect_answers(web_request(), {{"-m conntrack --ctdir ORIGINAL", kYes},
                                 {"-m conntrack --ctstatus CONFIRMED", kNo},
                                 {"-m conntrack ! --ctstatus CONFIRMED", kYes}});
}

// conntrack_mt() in the kernel's xt_conntrack.c.
TEST(MatchConntrack, WithoutAConnectionOnlyTheStateIsLookedAt) {
  for (auto state : {CtState::kInvalid, CtState::kUntracked})
    expect_answers(without_connection(state), {
                                                  {"-m conntrack --ctorigdst 192.0.2.2", kNo},
                                                  {"-m conntrack ! --ctorigdst 192.0.2.2", kNo},
                                                  {"-m conntrack --ctstatus NONE", kNo},
                                                  {"-m conntrack --ctdir ORIGINAL", kNo},
                                                  {"-m conntrack --ctproto 6", kNo},
                                              });
  expect_answers(without_connection(CtState::kInvalid),
                 {{"-m conntrack --ctstate INVALID --ctorigdst 10.9.9.9 --ctorigdstport 1", kYes},
                  {"-m conntrack --ctstate INVALID --ctproto 17 --ctdir REPLY", kYes},
                  {"-m conntrack --ctorigdst 10.9.9.9 --ctstate NEW", kNo}});
}

TEST(MatchConnmark, NeedsAConnection) {
  auto marked = web_request();
  marked.connection->mark = 0x13;
  expect_answers(marked, {{"-m connmark --mark 0x13", kYes},
                          {"-m connmark --mark 0x3/0xf", kYes},
                          {"-m connmark --mark 0x4/0xf", kNo},
                          {"-m connmark ! --mark 0x4/0xf", kYes}});
  expect_answers(without_connection(CtState::kInvalid),
                 {{"-m connmark --mark 0x0", kNo}, {"-m connmark ! --mark 0x1", kNo}});
}

TEST(MatchHelper, OnlyAnExpectedConnectionHasOne) {
  expect_answers(web_request(), {{"-m helper --helper ftp", kNo}, {"-m helper ! --helper ftp", kYes}});
  expect_answers(without_connection(CtState::kInvalid), {{"-m helper ! --helper ftp", kYes}});
  auto expected = web_request();
  expected.connection->status = kExpected;
  expect_answers(expected, {{"-m helper --helper ftp", kDepends}, {"-m helper ! --helper ftp", kDepends}});
}

TEST(MatchConnbytesAndConnlabel, OfNoConnectionTheyAreKnown) {
  expect_answers(without_connection(CtState::kInvalid),
                 {{"-m connbytes --connbytes 1:2 --connbytes-mode bytes --connbytes-dir both", kNo},
                  {"-m connlabel --label 40", kNo},
                  {"-m connlabel ! --label 40", kYes}});
  expect_answers(web_request(),
                 {{"-m connbytes --connbytes 1:2 --connbytes-mode bytes --connbytes-dir both", kDepends},
                  {"-m connlabel ! --label 40", kDepends}});
}

}  // namespace
}  // namespace pyfw
