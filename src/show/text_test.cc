#include "show/text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "show/story_for_tests.h"

namespace pyfw {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string text_of(const State& live, const Desired& desired) {
  return as_text(describe(live, desired), false);
}

Description with_rules(std::vector<Rule> rules) {
  Desired desired;
  ensure_chain(desired.state.iptables, "filter", "INPUT").rules = std::move(rules);
  return describe({}, desired);
}

TEST(AsText, NothingToDoIsOneLine) {
  EXPECT_EQ(as_text({}, true), "Nothing to do: all wishes are fulfilled.\n");
}

TEST(AsText, ReadsChainByChainAndSetBySet) {
  auto story = a_story();
  EXPECT_EQ(text_of(story.live, story.desired), R"(filter INPUT (iptables)
  policy ACCEPT becomes DROP
  +    1  allow_established: -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
       2  -j f2b-sshd
  -    3  allow_office: -s 198.51.100.0/24 -p tcp -m tcp --dport 22 -j ACCEPT
  +    3  allow_office: -s 203.0.113.0/24 -p tcp -m tcp --dport 22 -j ACCEPT
       4  -i virbr0 -p udp -m udp --dport 53 -j ACCEPT
       5  -i virbr0 -p tcp -m tcp --dport 53 -j ACCEPT
       …
       8  -i virbr0 -p udp -m udp --dport 68 -j ACCEPT
       9  -i virbr0 -p tcp -m tcp --dport 68 -j ACCEPT
  -   10  allow_telnet: -p tcp -m tcp --dport 23 -j ACCEPT
  ~ 2→10  reject_others: -j REJECT --reject-with icmp-port-unreachable

filter old_web (iptables), the chain goes
  - 1  web: -p tcp -m tcp --dport 80 -j ACCEPT

filter web (iptables), new chain
  + 1  allow_web: -p tcp -m tcp --dport 80 -j ACCEPT

nat POSTROUTING (iptables)
  + 1  -s 10.8.0.0/24 -o eth0 -j MASQUERADE

filter INPUT (ip6tables)
  policy ACCEPT becomes DROP

set blocked (hash:net), replaced
  maxelem 65536 becomes 131072
  timeout 600 is new

set fresh (hash:ip), new set
  with family inet, maxelem 65536
  + 192.0.2.1
  + 192.0.2.2

set gone (hash:ip), the set goes
  - 10.0.0.1

set hosts (hash:ip)
  - 192.168.122.7
  + 192.168.122.101
  + 192.168.122.102
  + 192.168.122.103
  + 192.168.122.104
  + 192.168.122.105
  + 192.168.122.106
  + 192.168.122.107
  + 192.168.122.108
  + 192.168.122.109
  + 192.168.122.110
  + … and 2 more

set lists (list:set)
  order becomes hosts, blocked

Plan: 3 rules new, 1 changed, 1 moved, 2 gone; 2 policies; 1 chain new, 1 gone; 1 set new, 1 replaced, 1 reordered, 1 gone; 14 members in, 2 out (3 sets).
)");
}

TEST(AsText, RulesBeyondTheContextAreADotOnEachSide) {
  State live;
  auto& rules = ensure_chain(live.iptables, "filter", "INPUT").rules;
  for (int i = 1; i <= 12; ++i) rules.push_back({"-p tcp -m tcp --dport " + std::to_string(i) + " -j DROP"});
  Desired desired{.state = live, .foreign = {}};
  auto& wished = ensure_chain(desired.state.iptables, "filter", "INPUT").rules;
  wished.insert(wished.begin() + 5, wish("new", "", "ACCEPT"));
  EXPECT_EQ(text_of(live, desired), R"(filter INPUT (iptables)
    …
    4  -p tcp -m tcp --dport 4 -j DROP
    5  -p tcp -m tcp --dport 5 -j DROP
  + 6  new: -j ACCEPT
    7  -p tcp -m tcp --dport 6 -j DROP
    8  -p tcp -m tcp --dport 7 -j DROP
    …

Plan: 1 rule new.
)");
}

TEST(AsText, ColourIsOnlyThereIfAskedFor) {
  auto story = a_story();
  auto description = describe(story.live, story.desired);
  EXPECT_THAT(as_text(description, false), Not(HasSubstr("\x1b")));
  auto coloured = as_text(description, true);
  EXPECT_THAT(coloured, HasSubstr("  \x1b[32m+    1  \x1b[1mallow_established:\x1b[22m -m conntrack"));
  EXPECT_THAT(coloured, HasSubstr("  \x1b[31m-   10  \x1b[1mallow_telnet:"));
  EXPECT_THAT(coloured, HasSubstr("  \x1b[33m~ 2→10  \x1b[1mreject_others:"));
  EXPECT_THAT(coloured, HasSubstr("\n       2  -j f2b-sshd\n"));
}

// With its colours taken out it is the plain text: nothing else depends on them.
TEST(AsText, ColourChangesNoWord) {
  auto story = a_story();
  auto description = describe(story.live, story.desired);
  auto coloured = as_text(description, true);
  for (auto at = coloured.find('\x1b'); at != std::string::npos; at = coloured.find('\x1b'))
    coloured.erase(at, coloured.find('m', at) - at + 1);
  EXPECT_EQ(coloured, as_text(description, false));
}

TEST(AsText, ControlCharactersAreMadeVisible) {
  Desired desired;
  ensure_chain(desired.state.iptables, "filter", "we\x1b[31mb").rules = {
      {"-m comment --comment \"evil\x1b[2J\" -j ACCEPT"}, {"-m string --string \"\x07\" -j DROP"}};
  desired.state.sets = {{.name = "s\n", .type = "hash:ip", .members = {"10.0.0.1 comment \"\x1b[0m\""}}};
  auto text = text_of({}, desired);
  EXPECT_TRUE(std::ranges::all_of(text, [](char c) {
    return c == '\n' || static_cast<unsigned char>(c) >= 0x20;
  })) << text;
  EXPECT_THAT(text, HasSubstr(R"(evil\x1b[2J: -j ACCEPT)"));
  EXPECT_THAT(text, HasSubstr(R"(set s\x0a (hash:ip))"));
}

TEST(AsText, EveryChangedRuleIsShownHoweverMany) {
  std::vector<Rule> rules;
  for (int i = 0; i < 10000; ++i) rules.push_back(wish("w" + std::to_string(i), "", "ACCEPT"));
  auto text = as_text(with_rules(rules), false);
  EXPECT_EQ(std::ranges::count(text, '\n'), 1 + 10000 + 2);
  EXPECT_THAT(text, HasSubstr("  + 10000  w9999: -j ACCEPT\n\nPlan: 10,000 rules new.\n"));
}

TEST(AsText, OfManyMembersTenAreShownAndTheRestCounted) {
  Desired desired;
  desired.state.sets = {{.name = "s", .type = "hash:ip"}};
  for (int i = 0; i < 65000; ++i) desired.state.sets[0].members.push_back("m" + std::to_string(i));
  EXPECT_THAT(text_of({}, desired), HasSubstr("  + m9\n  + … and 64,990 more\n\nPlan: 1 set new; 65,000 "));
}

TEST(AsText, ARuleWithoutAnyTextIsStillThere) {
  EXPECT_THAT(as_text(with_rules({{""}}), false), HasSubstr("\n  + 1\n"));
}

TEST(AsText, AReplacedSetSaysWhatDiffersAndNotWhatTheKernelGrows) {
  State live;
  live.sets = {{.name = "s", .type = "hash:ip", .header = "family inet hashsize 1024 maxelem 9 comment"}};
  Desired desired;
  desired.state.sets = {{.name = "s", .type = "hash:net", .header = "family inet maxelem 9 timeout 60"}};
  EXPECT_EQ(text_of(live, desired), R"(set s (hash:net), replaced
  type hash:ip becomes hash:net
  comment goes
  timeout 60 is new

Plan: 1 set replaced.
)");
}

}  // namespace
}  // namespace pyfw
