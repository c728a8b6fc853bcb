// Wishes of every kind, applied to a host; what is foreign stays as it was.

#include "base/strings.h"
#include "live.h"

namespace pyfw::netns {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class Apply : public LiveTest {};

constexpr auto kEverything = R"(
pyfw_wishes:
  vars: { office: 203.0.113.0/24, ssh: 22 }
  ipsets:
    allowed: { type: 'hash:net', members_equal: [10.0.0.0/8, 192.0.2.1, 198.51.100.0/25] }
    allowed6: { type: 'hash:ip', options: { family: inet6, comment: true }, members_equal: ['2001:db8::1 comment "a b"'] }
    ports: { type: 'bitmap:port', options: { range: 1-1024 }, members_include: [80, 443] }
    both: { type: 'list:set', members_equal: [allowed, allowed6] }
  ip46tables:
    filter:
      INPUT:
        default_action: DROP
        rules:
        - allow_established: -m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT
        - allow_loopback: -i lo -j ACCEPT
        - to_mine: -p tcp -j MINE
      MINE:
        rules:
        - -p tcp --dport ${ssh} -j RETURN
        - "it's \"quoted\" \\ #1": -p tcp -m set --match-set ports dst -j ACCEPT
        - '-m limit --limit 5/min -j LOG --log-prefix "dropped: "'
        - '-g LAST'
      LAST:
        rules_equal:
        - end: -j DROP
  iptables:
    filter:
      INPUT:
        rules:
        - only_office: '! -s ${office} -p udp --dport 53 -j REJECT'
        - two: -s 192.0.2.1,192.0.2.2 -j ACCEPT
        - out: -i ${external_interface} -m set --match-set allowed src -j ACCEPT
    nat:
      POSTROUTING:
        rules:
        - snat: -s 10.0.0.0/8 ! -o lo -j MASQUERADE
    mangle:
      PREROUTING:
        default_action: ACCEPT
        rules:
        - mark: -i lo -j MARK --set-mark 5
    raw:
      OUTPUT:
        rules: ['-p udp --dport 53 -j CT --notrack']
  ip6tables:
    filter:
      FORWARD:
        default_action: DROP
        rules:
        - ping: -p icmpv6 --icmpv6-type echo-request -j ACCEPT
        - six: -m set --match-set allowed6 src -j ACCEPT
)";

// A state document from its rules on to its sets: facts and the sets' headers are the kernel's.
std::string rules_of(const std::string& document) { return document.substr(0, document.find("\n  ipsets:")); }

TEST_P(Apply, EveryKindOfWishIsFulfilledOnAnEmptyHost) {
  sh("ip link add eth0 type veth peer name other; ip link set other up; ip link set eth0 up;"
     "ip addr add 192.0.2.9/24 dev eth0;"
     "ip route add default via 192.0.2.1");
  wish(kEverything);
  auto desired = pyfw({"--print-desired-state"});
  EXPECT_EQ(desired.err, "");
  apply_and_expect_fulfilled();
  EXPECT_EQ(rules_of(pyfw({"--print-state"}).out), rules_of(desired.out));
  EXPECT_THAT(
      rules("INPUT"),
      ElementsAre(
          "-m conntrack --ctstate RELATED,ESTABLISHED -m comment --comment allow_established -j ACCEPT",
          "-i lo -m comment --comment allow_loopback -j ACCEPT",
          "-p tcp -m comment --comment to_mine -j MINE",
          "! -s 203.0.113.0/24 -p udp -m udp --dport 53 -m comment --comment only_office -j REJECT "
          "--reject-with icmp-port-unreachable",
          "-s 192.0.2.1/32 -m comment --comment two -j ACCEPT",
          "-s 192.0.2.2/32 -m comment --comment two -j ACCEPT",
          "-i eth0 -m set --match-set allowed src -m comment --comment out -j ACCEPT"));
  EXPECT_THAT(rules("FORWARD", "filter", "ip6tables"),
              ElementsAre("-p ipv6-icmp -m icmp6 --icmpv6-type 128 -m comment --comment ping -j ACCEPT",
                          "-m set --match-set allowed6 src -m comment --comment six -j ACCEPT"));
  EXPECT_THAT(save("ip6tables"), HasSubstr(":FORWARD DROP"));
}

TEST_P(Apply, PrintsEachCommandAndThenTheChangeOfTheState) {
  wish("pyfw_wishes:\n  iptables:\n    filter:\n      INPUT:\n        default_action: DROP\n");
  restore("*filter\n:INPUT ACCEPT [0:0]\n:FORWARD ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\nCOMMIT\n");
  auto run = pyfw({"--apply"});
  EXPECT_EQ(run.out, "Executing command  1/1: iptables -w -t filter -P INPUT DROP\n");
  EXPECT_EQ(
      run.err,
      "\nState change:\n\n--- state_before.yaml\n+++ real_state_after.yaml\n@@ -1,10 +1,10 @@\n pyfw_state:\n"
      "   iptables:\n     filter:\n       INPUT:\n-        default_action: ACCEPT\n+        default_action: "
      "DROP\n"
      "         rules: []\n       FORWARD:\n         default_action: ACCEPT\n         rules: []\n"
      "       OUTPUT:\n");
}

// Rules of others, with counters: in chains that have wishes, between them, and twice the same.
constexpr auto kForeign =
    "*nat\n:PREROUTING ACCEPT [5:6]\n:INPUT ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n:POSTROUTING ACCEPT "
    "[0:0]\n:DOCKER - [0:0]\n"
    "[7:8] -A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER\n[9:10] -A DOCKER -i docker0 -j "
    "RETURN\nCOMMIT\n"
    "*filter\n:INPUT ACCEPT [1:2]\n:FORWARD ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n:LIBVIRT_INP - [0:0]\n"
    "[11:12] -A INPUT -j LIBVIRT_INP\n[13:14] -A INPUT -s 10.9.9.9/32 -j DROP\n[15:16] -A INPUT -s "
    "10.9.9.9/32 -j DROP\n"
    "[17:18] -A INPUT -s 10.0.0.1/32 -m comment --comment ours -j ACCEPT\n"
    "[19:20] -A INPUT -m comment --comment \"f2b \\\"ssh\\\"\" -j RETURN\n"
    "[21:22] -A INPUT -s 10.9.9.9/32 -j DROP\n[23:24] -A LIBVIRT_INP -i virbr0 -j ACCEPT\nCOMMIT\n";

std::vector<std::string> foreign_lines(const std::string& saved) {
  std::vector<std::string> lines;
  for (auto line : split(saved, '\n'))
    if (line.starts_with('[') && line.find("ours") == std::string_view::npos) lines.emplace_back(line);
  return lines;
}

TEST_P(Apply, ForeignRulesKeepTheirOrderAndTheirCounters) {
  restore(kForeign);
  auto before = foreign_lines(save("iptables", "-c"));
  ASSERT_EQ(before.size(), 8);
  for (const char* rules :
       {"- ours1: -s 10.0.0.2 -j ACCEPT\n        - ~rest:\n        - ours: -s 10.0.0.3 -j ACCEPT\n",
        "- ours: -s 10.0.0.1 -j ACCEPT\n        - -s 10.0.0.4 -m comment --comment ours4 -j ACCEPT\n",
        "- ~rest:\n        - -s 10.0.0.5 -m comment --comment ours4 -j ACCEPT\n",
        "- ~absent: ours\n        - ~absent: ours1\n        - ~absent: ours4\n"}) {
    wish(std::string("pyfw_wishes:\n  iptables:\n    filter:\n      INPUT:\n        default_action: DROP\n"
                     "        rules:\n        ") +
         rules);
    apply_and_expect_fulfilled();
    EXPECT_EQ(foreign_lines(save("iptables", "-c")), before) << rules;
  }
  EXPECT_THAT(save("iptables", "-c"), HasSubstr(":PREROUTING ACCEPT [5:6]"));
}

TEST_P(Apply, MatchedRulesComeInTheirOrderToTheirPlace) {
  restore(kForeign);
  wish(
      "pyfw_wishes:\n  iptables:\n    filter:\n      INPUT:\n        rules:\n        - ~match: "
      "'10\\.9\\.9\\.9'\n"
      "        - ~match: ^-j LIBVIRT\n        - ~rest:\n        - ~match: f2b\n");
  apply_and_expect_fulfilled();
  EXPECT_THAT(rules("INPUT"),
              ElementsAre("-s 10.9.9.9/32 -j DROP", "-s 10.9.9.9/32 -j DROP", "-s 10.9.9.9/32 -j DROP",
                          "-j LIBVIRT_INP", "-s 10.0.0.1/32 -m comment --comment ours -j ACCEPT",
                          "-m comment --comment \"f2b \\\"ssh\\\"\" -j RETURN"));
}

TEST_P(Apply, RulesEqualLeavesNothingElseInItsChainOnly) {
  restore(kForeign);
  wish(
      "pyfw_wishes:\n  iptables:\n    filter:\n      INPUT:\n        rules_equal:\n"
      "        - -s 10.9.9.9 -j DROP\n        - ours: -s 10.0.0.7 -j ACCEPT\n");
  apply_and_expect_fulfilled();
  EXPECT_THAT(rules("INPUT"),
              ElementsAre("-s 10.9.9.9/32 -j DROP", "-s 10.0.0.7/32 -m comment --comment ours -j ACCEPT"));
  EXPECT_THAT(rules("LIBVIRT_INP"), ElementsAre("-i virbr0 -j ACCEPT"));
}

TEST_P(Apply, CopiesOfOneRuleAreReducedToOne) {
  sh("for i in 1 2 3; do iptables -A INPUT -s 10.0.0.1 -m comment --comment ours -j ACCEPT;"
     "iptables -A INPUT -s 10.0.0.$((i+1)) -j DROP; done");
  wish(
      "pyfw_wishes:\n  iptables:\n    filter:\n      INPUT:\n        rules:\n        - ~rest:\n"
      "        - ours: -s 10.0.0.1 -j ACCEPT\n");
  apply_and_expect_fulfilled();
  EXPECT_THAT(rules("INPUT"),
              ElementsAre("-s 10.0.0.2/32 -j DROP", "-s 10.0.0.3/32 -j DROP", "-s 10.0.0.4/32 -j DROP",
                          "-s 10.0.0.1/32 -m comment --comment ours -j ACCEPT"));
}

// 244 bytes of a name, and every character that a shell, YAML or iptables takes for its own.
TEST_P(Apply, NamesOfAnyCharactersAreFoundAgain) {
  std::string wishes = "pyfw_wishes:\n  iptables:\n    filter:\n      INPUT:\n        rules:\n";
  int address = 0;
  for (const std::string name : {"'!'", "'-j'", "--comment", "'a \"b\" c'", "'it''s'", "'\\'", "'a\\'",
                                 "grün→", "' x '", "a  b", "$HOME", "'`id`'", "'#1'", "'*'", "'a:b'", "n"})
    wishes += "        - " + name + ": -s 10.0.0." + std::to_string(++address) + " -j ACCEPT\n";
  wishes += "        - " + std::string(244, 'x') + ": -j DROP\n";
  wish(wishes);
  apply_and_expect_fulfilled();
  // Each moves under its temporary name, which is the longest that the kernel takes.
  sh("iptables-save -t filter | grep -- '-A INPUT' >/run/rules; iptables -F INPUT;"
     "{ echo '*filter'; tac /run/rules; echo COMMIT; } | iptables-restore --noflush");
  apply_and_expect_fulfilled();
  EXPECT_EQ(rules("INPUT").size(), 17);
}

PYFW_ON_BOTH_BACKENDS(Apply);

}  // namespace
}  // namespace pyfw::netns
