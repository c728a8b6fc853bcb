// Changes of one table's rules, chains and policies.

#include <fmt/format.h>

#include <array>
#include <string>

#include "faults/bases.h"
#include "faults/case.h"

namespace pyfw::faults {
namespace {

// Enough rules, of which enough go, that on nft they are deleted by their handles.
std::string long_chain(int rules, bool all) {
  std::string out = "\n      INPUT:\n        rules:\n        - to_long: -j LONG\n";
  out += all ? "        - closed: -p udp -j DROP\n" : "        - shut: -p udp -j DROP\n";
  out += "      LONG:\n        rules:\n";
  for (int i = 0; i < rules; ++i) {
    bool stays = i % 3 == 0;
    if (!all && !stays) continue;
    // Among the hundreds that match no datagram stand some that do, at the head, in the middle and at the
    // end.
    auto source =
        i % 100 < 2 ? fmt::format("10.1.0.{}", 11 + i / 100) : fmt::format("10.8.{}.{}", i / 250, i % 250);
    out += fmt::format("        - r{}: -s {} -p udp --dport {} -j {}\n", i, source, i % 2 == 0 ? 80 : 81,
                       i % 7 == 0 ? "DROP" : "ACCEPT");
  }
  if (!all) out += "        - new: -s 10.1.0.13 -p udp --dport 82 -j ACCEPT\n";
  return filter(out);
}

const std::array kCases = {
    Case{.name = "policy_closes_with_its_exceptions", .rules = kDocker, .wishes = filter(R"(
      INPUT:
        default_action: DROP
        rules:
        - established: -m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT
        - admin: -s 10.1.0.11 -j ACCEPT
        - web: -p udp --dport 80 -j ACCEPT
)")},
    Case{.name = "policy_opens_and_exceptions_close",
         .rules = kDocker,
         .before = filter(R"(
      INPUT:
        default_action: DROP
        rules:
        - admin: -s 10.1.0.11 -j ACCEPT
        - web: -p udp --dport 80 -j ACCEPT
)"),
         .wishes = filter(R"(
      INPUT:
        default_action: ACCEPT
        rules:
        - no_admin: -s 10.1.0.11 -j DROP
        - no_web: -p udp --dport 81 -j DROP
)")},
    Case{.name = "policies_of_three_chains_turn",
         .rules = kDocker,
         .before = filter(R"(
      INPUT: { default_action: DROP }
      OUTPUT: { default_action: DROP, rules: [ { out: '-d 10.1.0.12 -j ACCEPT' } ] }
)"),
         .wishes = filter(R"(
      FORWARD: { default_action: DROP }
      OUTPUT: { default_action: ACCEPT, rules: [ { out: '-d 10.1.0.12 -j DROP' } ] }
)")},
    Case{.name = "rules_move_up_past_those_of_others",
         .rules = kDocker,
         .before = filter(R"(
      FORWARD:
        rules:
        - ~rest:
        - only_first: '! -s 10.1.0.11 -o eth1 -j DROP'
        - last: -o eth1 -j ACCEPT
)"),
         .wishes = filter(R"(
      FORWARD:
        rules:
        - only_first: '! -s 10.1.0.11 -o eth1 -j DROP'
        - last: -o eth1 -j ACCEPT
)")},
    Case{.name = "rules_move_down_past_those_of_others",
         .rules = kDocker,
         .before = filter(R"(
      FORWARD:
        default_action: DROP
        rules:
        - no12: -s 10.1.0.12 -o eth1 -j DROP
        - open: -o eth1 -j ACCEPT
)"),
         .wishes = filter(R"(
      FORWARD:
        default_action: DROP
        rules:
        - open: -s 10.1.0.13 -o eth1 -j ACCEPT
        - ~rest:
        - no12: -s 10.1.0.12 -o eth1 -j DROP
)")},
    Case{.name = "rules_change_places",
         .rules = kDocker,
         .before = filter(R"(
      INPUT:
        rules:
        - a: -s 10.1.0.11 -j ACCEPT
        - b: -p udp --dport 80 -j DROP
        - c: -s 10.1.0.12 -j ACCEPT
        - d: -p udp --dport 81 -j DROP
        - end: -p udp -j DROP
)"),
         .wishes = filter(R"(
      INPUT:
        rules:
        - d: -p udp --dport 81 -j DROP
        - c: -s 10.1.0.12 -j ACCEPT
        - b: -p udp --dport 80 -j DROP
        - a: -s 10.1.0.11 -j ACCEPT
        - end: -p udp -j DROP
)")},
    Case{.name = "wishes_are_renamed",
         .rules = kDocker,
         .before = filter(R"(
      INPUT:
        rules:
        - a: -s 10.1.0.11 -j ACCEPT
        - b: -p udp --dport 80 -j DROP
        - end: -p udp -j DROP
)"),
         .wishes = filter(R"(
      INPUT:
        rules:
        - first: -s 10.1.0.11 -j ACCEPT
        - second: -p udp --dport 80 -j DROP
        - -p udp -j DROP
)")},
    Case{.name = "rules_turn_under_their_names",
         .rules = kDocker,
         .before = filter(R"(
      INPUT:
        rules:
        - a: -s 10.1.0.11 -j ACCEPT
        - b: -s 10.1.0.12 -j DROP
        - ~rest:
        - c: -p udp --dport 80 -j ACCEPT
        - end: -p udp -j DROP
)"),
         .wishes = filter(R"(
      INPUT:
        rules:
        - a: -s 10.1.0.11 -j DROP
        - b: -s 10.1.0.12 -j ACCEPT
        - ~rest:
        - c: -p udp --dport 80 -j DROP
        - end: -p udp -j REJECT
)")},
    Case{.name = "jump_comes_with_its_chain",
         .rules = kDocker,
         .before = filter(R"(
      INPUT:
        rules:
        - end: -p udp -j DROP
)"),
         .wishes = filter(R"(
      INPUT:
        rules:
        - to_mine: -p udp -j MINE
      MINE:
        rules:
        - out: -s 10.1.0.12 -j RETURN
        - no: -p udp --dport 81 -j DROP
        - ok: -s 10.1.0.11 -j ACCEPT
)")},
    Case{.name = "jump_goes_with_its_chain",
         .rules = kDocker,
         .before = filter(R"(
      INPUT:
        rules:
        - to_mine: -p udp -j MINE
        - end: -p udp -j DROP
      MINE:
        rules:
        - out: -s 10.1.0.12 -j RETURN
        - no: -p udp --dport 81 -j DROP
        - ok: -s 10.1.0.11 -j ACCEPT
)"),
         .wishes = filter(R"(
      INPUT:
        rules:
        - web: -p udp --dport 80 -j ACCEPT
        - end: -p udp -j DROP
)")},
    Case{.name = "jumps_move_past_others_and_each_other",
         .rules = kDocker,
         .before = filter(R"(
      FORWARD:
        rules:
        - to_a: -o eth1 -j A
        - to_b: -o eth1 -j B
      A: { rules: [ { ok: '-s 10.1.0.11 -j ACCEPT' } , { also: '-s 10.1.0.12 -j ACCEPT' } ] }
      B: { rules: [ { no: '-p udp --dport 80 -j DROP' } , { none: '-s 10.1.0.13 -j DROP' } ] }
)"),
         .wishes = filter(R"(
      FORWARD:
        rules:
        - to_b: -o eth1 -j B
        - ~rest:
        - to_a: -o eth1 -j A
      A: { rules: [ { ok: '-s 10.1.0.11 -j ACCEPT' } , { also: '-o eth1 -j DROP' } ] }
      B: { rules: [ { no: '-p udp --dport 80 -j DROP' } , { none: '-s 10.1.0.14 -j DROP' } ] }
)")},
    Case{.name = "returns_come_and_go",
         .rules = kDocker,
         .before = filter(R"(
      INPUT: { rules: [ { to_mine: '-p udp -j MINE' }, { end: '-p udp -j ACCEPT' } ] }
      MINE:
        rules:
        - a: -s 10.1.0.11 -j RETURN
        - b: -p udp --dport 80 -j RETURN
        - c: -j DROP
)"),
         .wishes = filter(R"(
      INPUT: { rules: [ { to_mine: '-p udp -j MINE' }, { end: '-p udp -j DROP' } ] }
      MINE:
        rules:
        - d: -s 10.1.0.12 -j RETURN
        - e: -p udp --dport 80 -j ACCEPT
        - f: -s 10.1.0.13 -j ACCEPT
)")},
    Case{.name = "a_goto_becomes_a_jump",
         .rules = kDocker,
         .before = filter(R"(
      INPUT: { default_action: DROP, rules: [ { to_mine: '-p udp -g MINE' }, { ok: '-s 10.1.0.12 -j ACCEPT' } ] }
      MINE: { rules: [ { a: '-s 10.1.0.11 -j ACCEPT' } ] }
)"),
         .wishes = filter(R"(
      INPUT: { default_action: DROP, rules: [ { to_mine: '-p udp -j MINE' }, { ok: '-s 10.1.0.13 -j ACCEPT' } ] }
      MINE: { rules: [ { a: '-s 10.1.0.12 -j DROP' } ] }
)")},
    Case{.name = "chains_in_chains_change_together",
         .rules = kDocker,
         .before = filter(R"(
      INPUT: { rules: [ { to_a: '-j A' }, { end: '-p udp -j DROP' } ] }
      A: { rules: [ { to_b: '-p udp --dport 80 -j B' }, { ok: '-s 10.1.0.11 -j ACCEPT' } ] }
      B: { rules: [ { not11: '-s 10.1.0.11 -j DROP' }, { all: '-j ACCEPT' } ] }
)"),
         .wishes = filter(R"(
      INPUT: { rules: [ { to_a: '-j A' }, { end: '-p udp -j DROP' } ] }
      A: { rules: [ { to_c: '-p udp --dport 81 -j C' }, { to_b: '-p udp --dport 80 -j B' } ] }
      B: { rules: [ { not12: '-s 10.1.0.12 -j DROP' }, { some: '-s 10.1.0.13 -j ACCEPT' } ] }
      C: { rules: [ { to_b: '-j B' } ] }
)")},
    Case{.name = "rules_equal_takes_over_a_builtin_chain",
         .rules = "*filter\n:INPUT ACCEPT\n:FORWARD ACCEPT\n:OUTPUT ACCEPT\n-A INPUT -s 10.7.0.1/32 -j DROP\n"
                  "-A INPUT -s 10.7.0.2/32 -j ACCEPT\n-A FORWARD -s 10.9.9.1/32 -j DROP\nCOMMIT\n",
         .before = filter(R"(
      INPUT: { rules: [ { web: '-p udp --dport 80 -j ACCEPT' } ] }
)"),
         .wishes = filter(R"(
      INPUT:
        default_action: DROP
        rules_equal:
        - -s 10.1.0.11 -j ACCEPT
        - web: -p udp --dport 81 -j ACCEPT
)"),
         .claimed = "10.7.",
         .exact = "INPUT",
         .adopts = true},
    Case{.name = "rules_equal_of_an_own_chain",
         .rules = kDocker,
         .before = filter(R"(
      INPUT: { rules: [ { to_mine: '-p udp -j MINE' }, { end: '-p udp -j DROP' } ] }
      MINE: { rules_equal: [ '-s 10.1.0.11 -j ACCEPT', '-s 10.1.0.12 -j DROP', '-p udp --dport 80 -j ACCEPT' ] }
)"),
         .wishes = filter(R"(
      INPUT: { rules: [ { to_mine: '-p udp -j MINE' }, { end: '-p udp -j DROP' } ] }
      MINE: { rules_equal: [ '-p udp --dport 80 -j ACCEPT', '-s 10.1.0.12 -j ACCEPT', '-s 10.1.0.11 -j DROP' ] }
)"),
         .exact = "MINE"},
    Case{.name = "matched_rules_of_others_move",
         .rules = kDocker,
         .before = filter(R"(
      FORWARD: { rules: [ { no: '-s 10.1.0.11 -j DROP' } ] }
)"),
         .wishes = filter(R"(
      FORWARD:
        rules:
        - ~match: -j DOCKER$
        - no: -s 10.1.0.12 -o eth1 -j DROP
        - ~rest:
        - all: -o eth1 -j DROP
)"),
         .claimed = "-j DOCKER"},
    Case{.name = "absent_takes_away_by_name",
         .rules = "*filter\n:INPUT ACCEPT\n:FORWARD ACCEPT\n:OUTPUT ACCEPT\n"
                  "-A INPUT -s 10.9.9.1/32 -j DROP\n"
                  "-A INPUT -s 10.1.0.12/32 -m comment --comment old -j ACCEPT\n"
                  "-A INPUT -s 10.1.0.13/32 -m comment --comment old -j DROP\n-A INPUT -s 10.9.9.2/32 -j "
                  "DROP\nCOMMIT\n",
         .wishes = filter(R"(
      INPUT:
        rules:
        - ~absent: old
        - no14: -s 10.1.0.14 -j DROP
        - ~rest:
        - shut: -p udp --dport 80 -j DROP
)"),
         .claimed = "--comment old"},
    Case{.name = "published_port_is_guarded_in_docker_user", .rules = kDocker, .wishes = filter(R"(
      DOCKER-USER:
        rules:
        - established: -m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT
        - known: -i eth0 -s 10.1.0.11 -m conntrack --ctorigdst 10.2.0.2 -j RETURN
        - others: -i eth0 -j DROP
)")},
    Case{.name = "chain_of_others_gets_our_rules",
         .rules = kDocker,
         .before = filter(R"(
      DOCKER: { rules: [ { first: '-s 10.1.0.11 -j DROP' }, { rest: '-d 10.2.0.2 -p udp --dport 81 -j ACCEPT' } ] }
      FORWARD: { default_action: DROP }
)"),
         .wishes = filter(R"(
      DOCKER: { rules: [ { '~rest': }, { first: '-s 10.1.0.11 -j ACCEPT' }, { second: '-s 10.1.0.12 -j DROP' } ] }
      FORWARD: { default_action: DROP }
)")},
    Case{.name = "both_families_at_once",
         .rules = kDocker,
         .rules6 = kOthers6,
         .before = R"(  ip46tables:
    filter:
      INPUT: { default_action: DROP, rules: [ { web: '-p udp --dport 80 -j ACCEPT' } ] }
)",
         .wishes = R"(  ip46tables:
    filter:
      INPUT: { rules: [ { web: '-p udp --dport 81 -j ACCEPT' }, { end: '-p udp -j DROP' } ] }
      FORWARD: { default_action: DROP }
  ip6tables:
    filter:
      INPUT: { rules: [ { six: '-s fd00:1::11 -j ACCEPT' } ] }
)"},
    Case{.name = "all_wishes_are_gone",
         .rules = kDocker,
         .before = filter(R"(
      INPUT: { default_action: DROP, rules: [ { web: '-p udp --dport 80 -j ACCEPT' }, { m: '-j MINE' } ] }
      MINE: { rules: [ { ok: '-s 10.1.0.11 -j ACCEPT' } ] }
      OUTPUT: { rules: [ { no: '-d 10.1.0.11 -j DROP' } ] }
)"),
         .wishes = "  iptables: {}\n"},
    Case{.name = "hundreds_of_rules_go",
         .rules = kDocker,
         .before = long_chain(600, true),
         .wishes = long_chain(600, false)},
};

}  // namespace

std::span<const Case> rule_cases() { return kCases; }

}  // namespace pyfw::faults
