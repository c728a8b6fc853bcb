// Accepts that let in more than their author thinks.

#include "lint/for_tests.h"

namespace pyfw {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr auto kLoopback = "- lo: -i lo -j ACCEPT";
constexpr auto kAnswers = "- answers: -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT";

std::vector<std::string> of_input(std::vector<std::string> lines, HostForTests host = {}) {
  lines.insert(lines.begin(), {kLoopback, kAnswers});
  auto found = said_of(chain_of("INPUT", lines, "iptables", "DROP"), std::move(host));
  std::erase(found, "ipv6-left-open at 5:25");
  return found;
}

TEST(AcceptsBySourcePort, OpenEveryPort) {
  EXPECT_THAT(of_input({"- dns: -p udp --sport 53 -j ACCEPT"}),
              ElementsAre("accepts-by-source-port at 9:23"));
  EXPECT_THAT(of_input({"- web: -p tcp -m multiport --sports 80,443 -j ACCEPT"}),
              ElementsAre("accepts-by-source-port at 9:36"));
}

TEST(AcceptsBySourcePort, AreFineWhereMoreIsAsked) {
  for (const auto* rule :
       {"- dhcp: -p udp --sport 67 --dport 68 -j ACCEPT", "- dns: -s 192.0.2.53 -p udp --sport 53 -j ACCEPT",
        "- dns: -p udp --sport 53 -m conntrack --ctstate ESTABLISHED -j ACCEPT",
        "- no: -p udp --sport 53 -j DROP"})
    EXPECT_THAT(of_input({"- ssh: -p tcp --dport 22 -j ACCEPT", rule}),
                testing::Not(testing::Contains(testing::StartsWith("accepts-by-source-port"))))
        << rule;
}

TEST(LimitsNothing, WhereTheNextRuleAcceptsTheRest) {
  EXPECT_THAT(of_input({"- slow: -p tcp --dport 22 -m limit --limit 3/min -j ACCEPT",
                        "- all: -p tcp --dport 22 -j ACCEPT"}),
              ElementsAre("limits-nothing at 9:61"));
  EXPECT_THAT(
      of_input({"- slow: -p tcp --dport 22 -m hashlimit --hashlimit-upto 3/min --hashlimit-name a -j ACCEPT",
                "- all: -p tcp -m multiport --dports 22,80 -j ACCEPT"}),
      ElementsAre("limits-nothing at 9:93"));
}

TEST(LimitsNothing, IsNotSaidWhereSomeOfTheRestIsDropped) {
  constexpr auto kSlow = "- slow: -p tcp --dport 22 -m limit --limit 3/min -j ACCEPT";
  EXPECT_THAT(of_input({kSlow}), IsEmpty());
  EXPECT_THAT(of_input({kSlow, "- own: -s 192.0.2.0/24 -p tcp --dport 22 -j ACCEPT"}), IsEmpty());
  EXPECT_THAT(of_input({kSlow, "- no: -p tcp --dport 22 -j DROP", "- all: -p tcp -j ACCEPT"}), IsEmpty());
}

HostForTests with_bans() {
  HostForTests host;
  host.rules(
      "*filter\n:INPUT ACCEPT [0:0]\n:FORWARD ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n:f2b-sshd - [0:0]\n"
      "-A INPUT -p tcp -m multiport --dports 22 -j f2b-sshd\n-A f2b-sshd -j RETURN\nCOMMIT\n");
  return host;
}

TEST(AcceptsBeforeBans, LetTheBannedIn) {
  EXPECT_THAT(of_input({"- ssh: -p tcp --dport 22 -j ACCEPT"}, with_bans()),
              ElementsAre("accepts-before-bans at 9:37"));
  HostForTests by_set;
  by_set.rules(filter("-A INPUT -p tcp -m set --match-set f2b-sshd src -j DROP\n"));
  EXPECT_THAT(of_input({"- ssh: -p tcp --dport 22 -j ACCEPT"}, by_set),
              ElementsAre("accepts-before-bans at 9:37"));
}

TEST(AcceptsBeforeBans, MayStandInAUserChain) {
  auto text = chain_of("INPUT", {kLoopback, kAnswers, "- on: -j services"}, "ip46tables", "DROP");
  text += "      services:\n        rules:\n        - ssh: -p tcp --dport 22 -j ACCEPT\n";
  auto found = advices_of(text, with_bans());
  auto advice = std::ranges::find(found, "accepts-before-bans", &Advice::id);
  ASSERT_NE(advice, found.end());
  EXPECT_EQ(advice->place->line, 12);
  EXPECT_THAT(advice->instead, testing::HasSubstr("`- ~match: f2b-` into INPUT, above what leads here"));
}

TEST(AcceptsBeforeBans, AreFineForOwnAddressesAndOtherPortsAndBehindThem) {
  EXPECT_THAT(of_input({"- office: -s 198.51.100.0/24 -p tcp --dport 22 -j ACCEPT"}, with_bans()), IsEmpty());
  EXPECT_THAT(of_input({"- web: -p tcp --dport 443 -j ACCEPT"}, with_bans()), IsEmpty());
  EXPECT_THAT(of_input({"- ~match: f2b-", "- ssh: -p tcp --dport 22 -j ACCEPT"}, with_bans()), IsEmpty());
}

}  // namespace
}  // namespace pyfw
