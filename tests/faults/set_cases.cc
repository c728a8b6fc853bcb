// Changes of sets, and of the rules that use them.

#include <fmt/format.h>

#include <array>
#include <string>

#include "faults/bases.h"
#include "faults/case.h"

namespace pyfw::faults {
namespace {

std::string hundred(int third) {
  std::string out;
  for (int i = 1; i <= 100; ++i) out += fmt::format("10.{}.0.{}, ", third, i);
  return out;
}

// The set that most cases are about.
std::string known(const std::string& members, const std::string& kind = "type: 'hash:ip'") {
  return fmt::format("  ipsets:\n    known: {{ {}, members_equal: [{}] }}\n", kind, members);
}

const std::string kGuarded = filter(R"(
      INPUT:
        rules:
        - known: -m set --match-set known src -j ACCEPT
        - end: -p udp -j DROP
)");

const std::string kTwoKnown = known("10.1.0.11, 10.1.0.12") + kGuarded;

const std::array kCases = {
    Case{.name = "one_member_alone",
         .rules = kDocker,
         .before = kTwoKnown,
         .wishes = known("10.1.0.11") + kGuarded},
    Case{.name = "members_and_the_rule_that_asks_for_them",
         .rules = kDocker,
         .before = kTwoKnown,
         .wishes = known("10.1.0.13, 10.1.0.14") + filter(R"(
      INPUT:
        rules:
        - known: -p udp --dport 80 -m set --match-set known src -j ACCEPT
        - end: -p udp -j DROP
)")},
    Case{.name = "rules_that_stay_are_relaid_with_their_set",
         .rules = kDocker,
         .before = kTwoKnown,
         .wishes = known("10.1.0.11, 10.1.0.13") + filter(R"(
      INPUT:
        rules:
        - not13: -s 10.1.0.13 -p udp --dport 81 -j DROP
        - known: -m set --match-set known src -j ACCEPT
        - end: -p udp -j DROP
)")},
    Case{.name = "a_hundred_members_alone",
         .rules = kDocker,
         .before = known(hundred(8) + "10.1.0.11") + kGuarded,
         .wishes = known(hundred(7) + "10.1.0.12") + kGuarded},
    Case{.name = "a_hundred_members_with_their_rules",
         .rules = kDocker,
         .before = known(hundred(8) + "10.1.0.11") + kGuarded,
         .wishes = known(hundred(7) + "10.1.0.12") + filter(R"(
      INPUT:
        default_action: DROP
        rules:
        - known: '-p udp -m set ! --match-set known src -j DROP'
        - web: -p udp --dport 80 -j ACCEPT
)")},
    Case{.name = "two_sets_of_one_rule",
         .rules = kDocker,
         .before = R"(  ipsets:
    a: { type: 'hash:ip', members_equal: [10.1.0.11, 10.1.0.12] }
    b: { type: 'bitmap:port', options: { range: 1-9000 }, members_equal: [80] }
  iptables:
    filter:
      INPUT:
        default_action: DROP
        rules: [ { both: '-p udp -m set --match-set a src -m set --match-set b dst -j ACCEPT' } ]
)",
         .wishes = R"(  ipsets:
    a: { type: 'hash:ip', members_equal: [10.1.0.12, 10.1.0.13] }
    b: { type: 'bitmap:port', options: { range: 1-9000 }, members_equal: [81] }
  iptables:
    filter:
      INPUT:
        default_action: DROP
        rules: [ { both: '-p udp -m set --match-set a src -m set --match-set b dst -j ACCEPT' } ]
)"},
    Case{.name = "two_sets_change_their_members",
         .rules = kDocker,
         .before = R"(  ipsets:
    a: { type: 'hash:ip', members_equal: [10.1.0.11, 10.1.0.12] }
    b: { type: 'hash:ip', members_equal: [10.1.0.13, 10.1.0.14] }
  iptables:
    filter:
      INPUT:
        rules:
        - no: -m set --match-set a src -j DROP
        - ok: -m set --match-set b src -j ACCEPT
        - end: -p udp -j DROP
)",
         .wishes = R"(  ipsets:
    a: { type: 'hash:ip', members_equal: [10.1.0.13, 10.1.0.14] }
    b: { type: 'hash:ip', members_equal: [10.1.0.11, 10.1.0.12] }
  iptables:
    filter:
      INPUT:
        rules:
        - no: -m set --match-set a src -j DROP
        - ok: -m set --match-set b src -j ACCEPT
        - end: -p udp -j DROP
)"},
    Case{.name = "a_set_twice_in_a_rule",
         .rules = kDocker,
         .before = R"(  ipsets:
    nets: { type: 'hash:net', members_equal: [10.1.0.0/24, 10.2.0.0/24] }
  iptables:
    filter:
      FORWARD:
        rules:
        - within: -m set --match-set nets src -m set --match-set nets dst -j ACCEPT
        - end: -o eth1 -j DROP
)",
         .wishes = R"(  ipsets:
    nets: { type: 'hash:net', members_equal: [10.1.0.12/31, 10.2.0.0/24] }
  iptables:
    filter:
      FORWARD:
        default_action: DROP
        rules:
        - within: -m set --match-set nets src -m set --match-set nets dst -j ACCEPT
)"},
    Case{.name = "not_in_the_set",
         .rules = kDocker,
         .before = known("10.1.0.11, 10.1.0.12") + filter(R"(
      INPUT: { rules: [ { others: '-p udp -m set ! --match-set known src -j DROP' } ] }
)"),
         .wishes = known("10.1.0.13, 10.1.0.14") + filter(R"(
      INPUT: { rules: [ { others: '-p udp -m set ! --match-set known src -j DROP' }, { no: '-p udp --dport 80 -j DROP' } ] }
)")},
    Case{.name = "a_set_becomes_one_of_another_type",
         .rules = kDocker,
         .before = kTwoKnown,
         .wishes = known("10.1.0.12/31, 10.1.0.16/31", "type: 'hash:net'") + kGuarded},
    Case{.name = "a_set_gets_other_options",
         .rules = kDocker,
         .before = kTwoKnown,
         .wishes =
             known("10.1.0.13", "type: 'hash:ip', options: { maxelem: 1000, comment: true }") + kGuarded},
    Case{.name = "options_and_rules_at_once",
         .rules = kDocker,
         .before = kTwoKnown,
         .wishes = known("10.1.0.13", "type: 'hash:ip', options: { maxelem: 1000 }") + filter(R"(
      INPUT:
        rules:
        - known: -m set --match-set known src -j ACCEPT
        - web: -p udp --dport 80 -j ACCEPT
        - end: -p udp -j DROP
)")},
    Case{.name = "a_set_goes_with_its_rules", .rules = kDocker, .before = kTwoKnown, .wishes = filter(R"(
      INPUT: { rules: [ { end: '-p udp -j DROP' } ] }
)")},
    Case{.name = "sets_come_with_their_rules",
         .rules = kDocker,
         .before = filter(R"(
      INPUT: { rules: [ { end: '-p udp -j DROP' } ] }
)"),
         .wishes = kTwoKnown},
    Case{.name = "one_set_goes_where_another_comes",
         .rules = kDocker,
         .before = kTwoKnown,
         .wishes = R"(  ipsets:
    friends: { type: 'hash:net', members_equal: [10.1.0.12/31] }
  iptables:
    filter:
      INPUT:
        rules:
        - known: -m set --match-set friends src -j ACCEPT
        - end: -p udp -j DROP
)"},
    Case{.name = "a_list_of_sets_gets_others",
         .rules = kDocker,
         .before = R"(  ipsets:
    a: { type: 'hash:ip', members_equal: [10.1.0.11] }
    b: { type: 'hash:ip', members_equal: [10.1.0.12] }
    c: { type: 'hash:ip', members_equal: [10.1.0.13] }
    known: { type: 'list:set', members_equal: [a, b] }
)" + kGuarded,
         .wishes = R"(  ipsets:
    a: { type: 'hash:ip', members_equal: [10.1.0.11] }
    b: { type: 'hash:ip', members_equal: [10.1.0.12] }
    c: { type: 'hash:ip', members_equal: [10.1.0.13] }
    known: { type: 'list:set', members_equal: [c, b] }
  iptables:
    filter:
      INPUT:
        rules:
        - known: -p udp --dport 80 -m set --match-set known src -j ACCEPT
        - end: -p udp -j DROP
)"},
    Case{.name = "members_are_added_to_a_set_of_others",
         .sets = "create theirs hash:ip\nadd theirs 10.1.0.11\nadd theirs 10.9.9.9\n",
         .rules = "*filter\n:INPUT ACCEPT\n:FORWARD ACCEPT\n:OUTPUT ACCEPT\n"
                  "-A INPUT -s 10.9.9.1/32 -j DROP\n-A INPUT -m set --match-set theirs src -j DROP\nCOMMIT\n",
         .wishes = R"(  ipsets:
    theirs: { members_include: [10.1.0.12, 10.1.0.13] }
)"},
    Case{.name = "two_tables_ask_one_set",
         .rules = kBans,
         .before = R"(  ipsets:
    known: { type: 'hash:ip', members_equal: [10.1.0.11, 10.1.0.12] }
  iptables:
    mangle:
      PREROUTING: { rules: [ { known: '-p udp -m set ! --match-set known src -j DROP' } ] }
    filter:
      INPUT: { rules: [ { web: '-p udp --dport 80 -m set --match-set known src -j DROP' } ] }
)",
         .wishes = R"(  ipsets:
    known: { type: 'hash:ip', members_equal: [10.1.0.12, 10.1.0.13] }
  iptables:
    mangle:
      PREROUTING: { rules: [ { known: '-p udp --dport 80 -m set ! --match-set known src -j DROP' } ] }
    filter:
      INPUT: { rules: [ { web: '-p udp --dport 81 -m set --match-set known src -j DROP' } ] }
)"},
    Case{.name = "sets_of_both_families",
         .rules = kDocker,
         .rules6 = kOthers6,
         .before = R"(  ipsets:
    four: { type: 'hash:ip', members_equal: [10.1.0.11, 10.1.0.12] }
    six: { type: 'hash:ip', options: { family: inet6 }, members_equal: ['fd00:1::11', 'fd00:1::12'] }
  iptables:
    filter:
      INPUT: { rules: [ { known: '-m set --match-set four src -j ACCEPT' }, { end: '-p udp -j DROP' } ] }
  ip6tables:
    filter:
      INPUT: { rules: [ { known: '-m set --match-set six src -j ACCEPT' }, { end: '-p udp -j DROP' } ] }
)",
         .wishes = R"(  ipsets:
    four: { type: 'hash:ip', members_equal: [10.1.0.13, 10.1.0.14] }
    six: { type: 'hash:ip', options: { family: inet6 }, members_equal: ['fd00:1::13', 'fd00:1::14'] }
  iptables:
    filter:
      INPUT: { rules: [ { known: '-m set --match-set four src -j ACCEPT' }, { end: '-p udp -j DROP' } ] }
  ip6tables:
    filter:
      INPUT: { rules: [ { known: '-p udp --dport 80 -m set --match-set six src -j ACCEPT' }, { end: '-p udp -j DROP' } ] }
)"},
};

}  // namespace

std::span<const Case> set_cases() { return kCases; }

}  // namespace pyfw::faults
