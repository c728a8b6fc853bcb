#include "watch/status.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "watch/status_text.h"

namespace pyfw {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

const ChainId kForward{.family = Family::kIpv4, .table = "filter", .chain = "FORWARD"};

Status example() {
  Status status{.wishes = "/etc/w.yaml"};
  status.each = {{.kind = WishStatus::Kind::kPolicy, .chain = kForward, .name = "DROP"},
                 {.chain = kForward, .name = "first", .counted = Counters{12'345, 9'800'000}},
                 {.chain = kForward, .name = "second", .holds = false},
                 {.chain = kForward, .name = "web", .left_out = "container 'web' is away"},
                 {.kind = WishStatus::Kind::kSet, .name = "hosts"}};
  status.drift = "iptables filter: second put back in FORWARD";
  status.pending = "A change waits for its confirm, and undoes itself at 13:20:05.";
  status.daemon = DaemonNote{.pid = 4711,
                             .started = 1,
                             .since = "2026-11-20 13:19:59 UTC",
                             .watched = {"rules", "sets"},
                             .standing = "others undo the wishes again and again",
                             .edit = "the wishes were edited since they were applied"};
  status.daemon_runs = true;
  add(status.history, {.time = "2026-11-20 13:20:00 UTC",
                       .lasted_ms = 3,
                       .what = "first moved",
                       .who = {"iptables (pid 7)"}});
  add(status.history,
      {.time = "2026-11-20 13:20:01 UTC", .lasted_ms = 9, .what = "", .failure = "no such module"});
  return status;
}

TEST(StatusText, TellsAllThatThereIsToTell) {
  EXPECT_EQ(as_text(example(), false),
            R"(5 wishes of /etc/w.yaml: 1 drifted
To be done: iptables filter: second put back in FORWARD
A change waits for its confirm, and undoes itself at 13:20:05.

filter FORWARD (iptables)
  holds     policy DROP
  holds     first        12,345 packets     9.8 MB
  drifted   second
  left out  web          container 'web' is away

sets
  holds     hosts

The daemon runs since 2026-11-20 13:19:59 UTC (pid 4711).
  listens to: rules, sets
  now: others undo the wishes again and again
  the wishes were edited since they were applied
1 repair, 1 attempt failed, the last 2:
  2026-11-20 13:20:00 UTC  first moved (3 ms, after iptables (pid 7) wrote)
  2026-11-20 13:20:01 UTC  failed: no such module
)");
}

TEST(StatusText, WhereNothingCanBeToldOfTheWishesTheDaemonIsToldOf) {
  auto status = example();
  status.each.clear();
  status.drift.clear();
  status.trouble = "the record is damaged";
  auto text = as_text(status, false);
  EXPECT_THAT(text, StartsWith("It can't be told whether the wishes hold: the record is damaged\n"
                               "A change waits for its confirm, and undoes itself at 13:20:05.\n"));
  EXPECT_THAT(text, Not(HasSubstr("all hold")));
  EXPECT_THAT(text, HasSubstr("The daemon runs since 2026-11-20 13:19:59 UTC (pid 4711).\n"));
  EXPECT_THAT(text, HasSubstr("failed: no such module\n"));
  auto samples = as_prometheus(status);
  EXPECT_THAT(samples, HasSubstr("\npyfw_look_failed 1\n"));
  EXPECT_THAT(samples, Not(HasSubstr("pyfw_drifted")));
  EXPECT_THAT(samples, HasSubstr("\npyfw_watch_up 1\n"));
  EXPECT_THAT(as_json(status), HasSubstr(R"("holds": false)"));
  EXPECT_THAT(as_prometheus(example()), HasSubstr("\npyfw_look_failed 0\n"));
}

TEST(StatusText, WhatTheDaemonToldAndCantBeReadIsSaidToBeSoAndTheWishesAreToldOf) {
  auto status = example();
  status.daemon.reset();
  status.daemon_runs = false;
  status.history = {};
  status.daemon_trouble = "/var/lib/pyfw/host/daemon: cut";
  status.history_trouble = "/var/lib/pyfw/host/history: changed";
  auto text = as_text(status, false);
  EXPECT_THAT(text, StartsWith("5 wishes of /etc/w.yaml: 1 drifted\n"));
  EXPECT_THAT(text,
              HasSubstr("\nWhat the daemon tells of itself can't be read: /var/lib/pyfw/host/daemon: cut\n"
                        "What was repaired can't be read: /var/lib/pyfw/host/history: changed\n"));
  EXPECT_THAT(text, Not(HasSubstr("never")));
  EXPECT_THAT(as_json(status), AllOf(HasSubstr(R"("daemon": null)"), HasSubstr(R"("history": null)"),
                                     HasSubstr("host/daemon: cut"), HasSubstr("host/history: changed")));
  EXPECT_THAT(as_prometheus(status), AllOf(HasSubstr("\npyfw_drifted 1\n"), Not(HasSubstr("pyfw_watch_up")),
                                           Not(HasSubstr("repairs"))));
}

TEST(StatusText, AnErrorThatTheDaemonTellsOfKeepsItsLines) {
  auto status = example();
  status.daemon->standing =
      "can't hold the wishes: w.yaml:3:9: no chain\n    3 | -j \x1bTHEIRS\n      |    ^~~~~~\n";
  EXPECT_THAT(as_text(status, false),
              HasSubstr("  now: can't hold the wishes: w.yaml:3:9: no chain\n"
                        "        3 | -j \\x1bTHEIRS\n          |    ^~~~~~\n  the wishes were edited"));
}

TEST(StatusText, WhyOnlyAPartIsHeldIsOneLine) {
  auto status = example();
  status.remarks = {"w.yaml:3:9: Docker counts as silent"};
  EXPECT_THAT(as_text(status, false),
              HasSubstr("put back in FORWARD\nw.yaml:3:9: Docker counts as silent\nA change"));
}

TEST(StatusOf, WhatIsSaidOfARuleStandsThereAndNotAmongTheRemarks) {
  Outlook outlook;
  WrittenRule written;
  written.warnings = {{.message = "container 'web' is away"}};
  outlook.written[kForward] = {written};
  outlook.warnings = {{.message = "Docker counts as silent"}, {.message = "container 'web' is away"}};
  EXPECT_THAT(remarks_of(outlook), ElementsAre("Docker counts as silent"));
}

TEST(StatusText, ShowsWhatOthersWroteWithoutItsControlCharacters) {
  auto status = example();
  status.each[1].name = "a\x1b[31m";
  status.history.newest[0].who = {"ev\nil (pid 7)"};
  auto text = as_text(status, false);
  EXPECT_THAT(text, Not(HasSubstr("\x1b")));
  EXPECT_THAT(text, Not(HasSubstr("ev\nil")));
}

TEST(StatusPrometheus, IsOneSampleALineWithLabelsAsTheFormatWantsThem) {
  auto status = example();
  status.each[1].name = "say \"no\" \\ caf\xc3\xa9";
  status.each.push_back(status.each[1]);  // equal texts in one chain are one sample
  status.each[3].name = "a\nb \xff";
  auto text = as_prometheus(status);
  EXPECT_THAT(text, HasSubstr("# TYPE pyfw_drifted gauge\npyfw_drifted 1\n"));
  EXPECT_THAT(text, HasSubstr("pyfw_confirm_pending 1\n"));
  EXPECT_THAT(text, HasSubstr("pyfw_repairs_total 1\n"));
  std::string sample =
      "pyfw_wish_packets_total{kind=\"rule\",family=\"ipv4\",table=\"filter\",chain=\"FORWARD\",wish=\"say "
      "\\\"no\\\" \\\\ caf\xc3\xa9\"} 12345\n";
  EXPECT_THAT(text, HasSubstr(sample));
  EXPECT_EQ(text.find(sample), text.rfind(sample));
  for (const char* no_label : {"\nb", "\xff"}) EXPECT_THAT(text, Not(HasSubstr(no_label)));
  EXPECT_THAT(text, HasSubstr("pyfw_wish_holds{kind=\"set\",wish=\"hosts\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("chain=\"FORWARD\",wish=\"second\"} 0\n"));
}

TEST(StatusOf, ARuleThatStandsTwiceInTheWishesOrIsTwoForTheKernelCountsAsOne) {
  Outlook outlook;
  auto& chain = outlook.wishes.chains[kForward];
  chain.id = kForward;
  chain.rules.emplace_back().name.text = "both";
  WrittenRule written;
  written.place = {
      .source = std::make_shared<Source>(Source{.name = "w.yaml", .text = {}}), .line = 3, .column = 9};
  written.spelled = {Rule{"-s 10.0.0.1/32 -j DROP"}, Rule{"-s 10.0.0.2/32 -j DROP"}};
  outlook.written[kForward] = {written};
  RuleCounters counters{{{kForward, "-s 10.0.0.1/32 -j DROP"}, {1, 40}},
                        {{kForward, "-s 10.0.0.2/32 -j DROP"}, {2, 80}}};
  auto each = status_of(outlook, counters);
  ASSERT_EQ(each.size(), 1U);
  EXPECT_EQ(each[0].counted, (Counters{3, 120}));
  EXPECT_TRUE(each[0].holds);
  EXPECT_EQ(each[0].place, "w.yaml:3:9");
}

}  // namespace
}  // namespace pyfw
