// Changes of several tables, which are as many commits.

#include <array>
#include <string>

#include "faults/bases.h"
#include "faults/case.h"

namespace pyfw::faults {
namespace {

const std::array kCases = {
    Case{.name = "raw_and_filter_hand_over",
         .rules = kBans,
         .before = R"(  iptables:
    raw:
      PREROUTING: { rules: [ { no: '-s 10.1.0.11 -p udp -j DROP' }, { no80: '-p udp --dport 80 -s 10.1.0.12 -j DROP' } ] }
    filter:
      INPUT: { rules: [ { not: '-s 10.1.0.13 -j DROP' } ] }
)",
         .wishes = R"(  iptables:
    raw:
      PREROUTING: { rules: [ { no: '-s 10.1.0.13 -p udp -j DROP' } ] }
    filter:
      INPUT: { rules: [ { not: '-s 10.1.0.11 -j DROP' }, { no80: '-p udp --dport 80 -s 10.1.0.12 -j DROP' } ] }
)"},
    Case{.name = "mangle_opens_what_filter_closes",
         .rules = kBans,
         .before = R"(  iptables:
    mangle:
      INPUT: { default_action: DROP, rules: [ { ok: '-s 10.1.0.11 -j ACCEPT' }, { web: '-p udp --dport 80 -j ACCEPT' } ] }
)",
         .wishes = R"(  iptables:
    mangle:
      INPUT: { default_action: ACCEPT, rules: [ { no: '-s 10.1.0.14 -j DROP' } ] }
    filter:
      INPUT: { default_action: DROP, rules: [ { ok: '-s 10.1.0.12 -j ACCEPT' }, { web: '-p udp --dport 81 -j ACCEPT' } ] }
)"},
    Case{.name = "redirect_comes_with_its_guard",
         .rules = kBans,
         .before = R"(  iptables:
    filter:
      INPUT: { default_action: DROP, rules: [ { web: '-p udp --dport 80 -j ACCEPT' }, { all: '-p udp --dport 8080 -j ACCEPT' } ] }
)",
         .wishes = R"(  iptables:
    nat:
      PREROUTING: { rules: [ { redirect: '-p udp --dport 8000 -j REDIRECT --to-ports 8080' } ] }
    filter:
      INPUT: { default_action: DROP, rules: [ { web: '-p udp --dport 80 -j ACCEPT' }, { all: '-s 10.1.0.11 -p udp --dport 8080 -j ACCEPT' } ] }
)"},
    Case{.name = "redirect_goes_with_its_guard",
         .rules = kBans,
         .before = R"(  iptables:
    nat:
      PREROUTING: { rules: [ { redirect: '-p udp --dport 8000 -j REDIRECT --to-ports 8080' } ] }
    filter:
      INPUT: { rules: [ { no: '! -s 10.1.0.11 -p udp --dport 8080 -j DROP' }, { not: '-s 10.1.0.12 -p udp --dport 8000 -j DROP' } ] }
)",
         .wishes = R"(  iptables:
    filter:
      INPUT: { rules: [ { no: '! -s 10.1.0.13 -p udp --dport 8000 -j DROP' } ] }
)"},
    Case{.name = "redirect_leads_elsewhere",
         .rules = kBans,
         .before = R"(  iptables:
    nat:
      PREROUTING: { rules: [ { redirect: '-p udp --dport 8000 -j REDIRECT --to-ports 8080' } ] }
    filter:
      INPUT: { rules: [ { no: '! -s 10.1.0.11 -p udp --dport 8080 -j DROP' } ] }
)",
         .wishes = R"(  iptables:
    nat:
      PREROUTING: { rules: [ { redirect: '-p udp --dport 8000 -j REDIRECT --to-ports 82' } ] }
    filter:
      INPUT: { rules: [ { no: '! -s 10.1.0.12 -p udp --dport 82 -j DROP' } ] }
)"},
    Case{.name = "port_is_forwarded_with_its_guard",
         .rules = kBans,
         .before = R"(  iptables:
    filter:
      FORWARD: { default_action: DROP, rules: [ { some: '-s 10.1.0.11 -o eth1 -j ACCEPT' } ] }
)",
         .wishes = R"(  iptables:
    nat:
      PREROUTING: { rules: [ { dnat: '-d 10.1.0.1 -p udp --dport 8000 -j DNAT --to-destination 10.2.0.2:8080' } ] }
      POSTROUTING: { rules: [ { snat: '-o eth1 -j MASQUERADE' } ] }
    filter:
      FORWARD: { default_action: DROP, rules: [ { some: '-s 10.1.0.12 -p udp --dport 8080 -o eth1 -j ACCEPT' } ] }
)"},
    Case{.name = "forwarded_port_leads_to_another",
         .rules = kBans,
         .before = R"(  iptables:
    nat:
      PREROUTING: { rules: [ { dnat: '-d 10.1.0.1 -p udp --dport 8000 -j DNAT --to-destination 10.2.0.2:8080' } ] }
    filter:
      FORWARD: { rules: [ { no: '! -s 10.1.0.11 -p udp --dport 8080 -j DROP' } ] }
)",
         .wishes = R"(  iptables:
    nat:
      PREROUTING: { rules: [ { dnat: '-d 10.1.0.1 -p udp --dport 8000 -j DNAT --to-destination 10.2.0.2:81' } ] }
    filter:
      FORWARD: { rules: [ { no: '! -s 10.1.0.12 -p udp --dport 81 -j DROP' } ] }
)"},
    Case{.name = "nat_chain_of_ours_comes", .rules = kBans, .wishes = R"(  iptables:
    nat:
      PREROUTING: { rules: [ { ours: '-p udp -j OURS' } ] }
      OURS: { rules: [ { not11: '-s 10.1.0.11 -j RETURN' }, { to82: '-p udp --dport 8000 -j REDIRECT --to-ports 82' } ] }
    filter:
      INPUT: { rules: [ { no: '-s 10.1.0.12 -p udp --dport 82 -j DROP' }, { nor: '-s 10.1.0.11 -p udp --dport 8000 -j DROP' } ] }
)"},
    Case{.name = "all_four_tables",
         .rules = kBans,
         .before = R"(  iptables:
    raw:
      PREROUTING: { rules: [ { a: '-s 10.1.0.11 -p udp --dport 80 -j DROP' } ] }
    mangle:
      PREROUTING: { rules: [ { b: '-s 10.1.0.12 -p udp --dport 80 -j DROP' }, { c: '-s 10.1.0.13 -p udp -j ACCEPT' } ] }
      FORWARD: { rules: [ { d: '-s 10.1.0.13 -j DROP' } ] }
    nat:
      PREROUTING: { rules: [ { e: '-p udp --dport 8000 -j REDIRECT --to-ports 82' } ] }
    filter:
      INPUT: { default_action: DROP, rules: [ { f: '-s 10.1.0.11 -j ACCEPT' }, { g: '-p udp --dport 80:82 -j ACCEPT' } ] }
)",
         .wishes = R"(  iptables:
    raw:
      PREROUTING: { rules: [ { a: '-s 10.1.0.14 -p udp --dport 80 -j DROP' } ] }
    mangle:
      PREROUTING: { rules: [ { b: '-s 10.1.0.11 -p udp --dport 80 -j DROP' } ] }
      FORWARD: { rules: [ { d: '-s 10.1.0.14 -j DROP' } ] }
    nat:
      PREROUTING: { rules: [ { e: '-p udp --dport 8000 -j REDIRECT --to-ports 81' } ] }
    filter:
      INPUT: { rules: [ { f: '-s 10.1.0.12 -j DROP' }, { g: '-p udp --dport 82 -j DROP' } ] }
)"},
    Case{.name = "several_tables_of_both_families",
         .rules = kBans,
         .rules6 = kOthers6,
         .before = R"(  ip46tables:
    mangle:
      PREROUTING: { rules: [ { a: '-p udp --dport 80 -j DROP' } ] }
    filter:
      INPUT: { rules: [ { b: '-p udp --dport 81 -j DROP' } ] }
)",
         .wishes = R"(  ip46tables:
    mangle:
      PREROUTING: { rules: [ { a: '-p udp --dport 81 -j DROP' } ] }
    filter:
      INPUT: { rules: [ { b: '-p udp --dport 80 -j DROP' } ] }
      FORWARD: { rules: [ { c: '-p udp --dport 80 -j DROP' } ] }
)"},
    Case{.name = "policies_of_two_tables_turn",
         .rules = kBans,
         .before = R"(  iptables:
    mangle:
      FORWARD: { default_action: DROP, rules: [ { ok: '-s 10.1.0.11 -j ACCEPT' } ] }
    filter:
      OUTPUT: { default_action: DROP, rules: [ { ok: '-d 10.1.0.11 -j ACCEPT' } ] }
)",
         .wishes = R"(  iptables:
    filter:
      FORWARD: { default_action: DROP, rules: [ { ok: '-s 10.1.0.12 -j ACCEPT' } ] }
    mangle:
      OUTPUT: { default_action: DROP, rules: [ { ok: '-d 10.1.0.12 -j ACCEPT' } ] }
)"},
    Case{.name = "chain_goes_where_several_tables_change",
         .rules = kBans,
         .before = R"(  iptables:
    raw:
      PREROUTING: { rules: [ { a: '-s 10.1.0.11 -j DROP' } ] }
    filter:
      INPUT: { rules: [ { m: '-p udp -j MINE' } ] }
      MINE: { rules: [ { no: '-s 10.1.0.12 -j DROP' }, { nor: '-p udp --dport 80 -j DROP' } ] }
)",
         .wishes = R"(  iptables:
    raw:
      PREROUTING: { rules: [ { a: '-s 10.1.0.12 -j DROP' } ] }
    filter:
      INPUT: { rules: [ { nor: '-p udp --dport 80 -j DROP' }, { no: '-s 10.1.0.11 -j DROP' } ] }
)"},
};

}  // namespace

std::span<const Case> table_cases() { return kCases; }

}  // namespace pyfw::faults
