// Rules that take more or less than was meant, whatever host they are on.

#include "lint/for_tests.h"

namespace pyfw {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

// Others drop something in INPUT, so that accepts there are for something.
HostForTests plain() {
  HostForTests host;
  host.rules(filter("-A INPUT -s 198.51.100.66/32 -j DROP\n"));
  return host;
}

std::vector<std::string> input(const std::vector<std::string>& lines) {
  return said_of(chain_of("INPUT", lines), plain());
}

TEST(NeverMatches, ATakenRuleSaysWhereItStands) {
  EXPECT_THAT(input({"- a: -p tcp -j ACCEPT", "- d: -p tcp -m multiport --dports 22,23 -j DROP"}),
              ElementsAre("never-matches at 7:14"));
}

TEST(NeverMatches, OneOfTheSameTargetIsANoteOfItsOwn) {
  EXPECT_THAT(input({"- a: -s 10.0.0.0/8 -j ACCEPT", "- b: -s 10.1.0.0/16 -j ACCEPT"}),
              ElementsAre("changes-nothing at 7:14"));
}

TEST(NeverMatches, ARuleSaidAboveAlreadyIsANoteWhateverBansTakeBefore) {
  EXPECT_THAT(input({"- ban: -s 10.1.1.1 -j DROP", "- a: -p tcp --dport 80 -j ACCEPT",
                     "- b: -s 10.1.0.0/16 -p tcp --dport 80 -j ACCEPT"}),
              ElementsAre("changes-nothing at 8:14"));
  EXPECT_THAT(input({"- ban: -s 10.1.0.0/24 -j DROP", "- a: -s 10.1.1.0/24 -j ACCEPT",
                     "- b: -s 10.1.0.0/23 -j ACCEPT"}),
              ElementsAre("never-matches at 8:14"));
}

TEST(NeverMatches, ASetThatOthersFillMayHaveAnyone) {
  auto said = [](std::string_view members) {
    return said_of("pyfw_wishes:\n  ipsets:\n    some:\n      type: hash:ip\n      " + std::string(members) +
                       "\n" + chain_of("INPUT", {"- a: -m set --match-set some src -j ACCEPT"}).substr(13),
                   plain());
  };
  EXPECT_THAT(said("members_include: []"), IsEmpty());
  EXPECT_THAT(said("members_equal: [10.0.0.1]"), IsEmpty());
  EXPECT_THAT(said("members_equal: []"), ElementsAre(StartsWith("never-matches")));
}

TEST(NeverMatches, OfASetThatIsWishedEmptyThatIsSaid) {
  auto why = [](std::string_view rule) {
    auto advices =
        advices_of("pyfw_wishes:\n  ipsets:\n    bans:\n      type: hash:ip\n      members_equal: []\n" +
                       chain_of("INPUT", {"- d: " + std::string(rule)}).substr(13),
                   plain());
    return advices.size() == 1 ? advices[0].why : fmt::format("{} advices", advices.size());
  };
  EXPECT_THAT(why("-p tcp -m set --match-set bans src -j DROP"),
              StartsWith("the set bans is wished to be empty ("));
  EXPECT_EQ(
      why("'-m set ! --match-set bans src -p tcp -m multiport --dports 22 -m multiport --dports 23 -j DROP'"),
      "no packet is all that it asks for at once");
}

TEST(NeverMatches, AChainThatNothingJumpsToIsSaidOnce) {
  EXPECT_THAT(
      said_of(chain_of("mine", {"- a: -s 10.0.0.1 -j ACCEPT", "- b: -s 10.0.0.2 -j ACCEPT"}), plain()),
      ElementsAre("uncalled-chain at 4:7"));
}

TEST(InterfaceOfOtherHook, IsSeenInUserChains) {
  auto said = [](std::string_view table, std::string_view from, std::string_view rule) {
    return said_of(
        fmt::format(
            "pyfw_wishes:\n  iptables:\n    {}:\n      {}:\n        rules:\n        - to: -p tcp -j mine\n"
            "      mine:\n        rules:\n        - r: {}\n",
            table, from, rule),
        plain());
  };
  EXPECT_THAT(said("filter", "INPUT", "-o eth0 -j DROP"), ElementsAre("interface-of-other-hook at 9:14"));
  EXPECT_THAT(said("filter", "OUTPUT", "-i eth0 -j DROP"), ElementsAre("interface-of-other-hook at 9:14"));
  EXPECT_THAT(said("nat", "PREROUTING", "-o eth0 -j ACCEPT"), ElementsAre("interface-of-other-hook at 9:14"));
  EXPECT_THAT(said("nat", "POSTROUTING", "-i eth0 -j ACCEPT"),
              ElementsAre("interface-of-other-hook at 9:14"));
  EXPECT_THAT(said("filter", "FORWARD", "-i eth0 -o eth1 -j DROP"), IsEmpty());
  EXPECT_THAT(said("filter", "INPUT", "'! -o eth0 -p tcp -j DROP'"),
              Not(Contains(StartsWith("interface-of"))));
}

TEST(InterfaceOfOtherHook, InABuiltinChainIptablesRefusesIt) {
  auto input = advices_of(chain_of("INPUT", {"- a: -o eth0 -j DROP"}));
  ASSERT_EQ(input.size(), 1);
  EXPECT_EQ(input[0].severity, Severity::kError);
  EXPECT_EQ(input[0].message, "iptables takes no -o in INPUT");
  auto postrouting = [](const std::string& chain) {
    return advices_of(
        "pyfw_wishes:\n  iptables:\n    nat:\n      POSTROUTING:\n        rules:\n"
        "        - on: -o eth0 -j out\n" +
        chain);
  };
  auto direct = postrouting("        - a: -i eth1 -o eth0 -j MASQUERADE\n      out:\n        rules: []\n");
  ASSERT_EQ(direct.size(), 1);
  EXPECT_EQ(direct[0].message, "iptables takes no -i in POSTROUTING");
  auto in_user_chain = postrouting("      out:\n        rules:\n        - a: -i eth1 -j MASQUERADE\n");
  ASSERT_EQ(in_user_chain.size(), 1);
  EXPECT_EQ(in_user_chain[0].severity, Severity::kWarning);
}

TEST(AcceptsEverything, IsSaidOnlyWhereSomethingWouldDrop) {
  EXPECT_THAT(input({"- a: -j ACCEPT"}), ElementsAre("accepts-everything at 6:17"));
  EXPECT_THAT(input({"- a: -i eth1 -j ACCEPT"}), IsEmpty());
  EXPECT_THAT(said_of(chain_of("OUTPUT", {"- a: -j ACCEPT"}), plain()), IsEmpty());
}

TEST(AcceptsEverything, OfNewOnesIsToo) {
  auto said = [](const std::string& states) {
    return said_of(
        chain_of("INPUT", {"- lo: -i lo -j ACCEPT", "- all: -m conntrack --ctstate " + states + " -j ACCEPT"},
                 "iptables", "DROP"));
  };
  EXPECT_THAT(said("NEW,RELATED,ESTABLISHED"),
              testing::ElementsAre(testing::StartsWith("accepts-everything at 8:")));
  EXPECT_THAT(said("RELATED,ESTABLISHED"), testing::ElementsAre("ipv6-left-open at 5:25"));
}

TEST(UnknownInterface, IsOneCalledLikeHardwareThatTheHostHasNot) {
  auto said = [](const std::string& match) {
    return said_of(chain_of("INPUT", {"- a: \"" + match + " -s 198.51.100.7 -j DROP\""}));
  };
  EXPECT_THAT(said("-i ens3"), testing::ElementsAre("unknown-interface at 6:15"));
  EXPECT_THAT(said("! -i eth7"), testing::ElementsAre("unknown-interface at 6:15"));
  for (const auto* match : {"-i eth0", "-i wg7", "-i br-7", "-i eth+", "-i eth0.7"})
    EXPECT_THAT(said(match), testing::IsEmpty()) << match;
}

TEST(AcceptsWithoutDrops, AreForNothing) {
  EXPECT_THAT(said_of(chain_of("INPUT", {"- a: -p tcp --dport 22 -j ACCEPT"})),
              ElementsAre(StartsWith("accepts-without-drops at 6:")));
  EXPECT_THAT(input({"- a: -p tcp --dport 22 -j ACCEPT"}), IsEmpty());
}

TEST(AcceptsWithoutDrops, AreNotSaidWhereOthersMayDropInTheirChains) {
  HostForTests host;
  host.rules("*filter\n:INPUT ACCEPT [0:0]\n:f2b - [0:0]\n-A INPUT -j f2b\n-A f2b -j RETURN\nCOMMIT\n");
  EXPECT_THAT(said_of(chain_of("INPUT", {"- a: -p tcp --dport 22 -j ACCEPT"}), host), IsEmpty());
}

TEST(ExcludesEveryone, EachNegationIsSeen) {
  for (const auto& [one, other] :
       {std::pair("-p tcp ! -s 10.0.0.0/8", "-p tcp ! -s 192.168.0.0/16"),
        {"-p tcp ! -i lo", "-p tcp ! -i eth1"},
        {"-p tcp -m tcp ! --dport 22", "-p tcp -m tcp ! --dport 80"},
        {"-p tcp -m multiport ! --dports 22,23", "-p tcp -m multiport ! --dports 80"},
        {"-p udp ! -d 10.0.0.1", "-p udp ! -d 10.0.0.2"}})
    EXPECT_THAT(input({fmt::format("- a: {} -j DROP", one), fmt::format("- b: {} -j DROP", other)}),
                Contains(StartsWith("excludes-everyone at 7:")))
        << one;
}

TEST(ExcludesEveryone, NegationsThatSpareInCommonDoNot) {
  for (const auto& [one, other] : {std::pair("-p tcp ! -s 10.0.0.0/8", "-p tcp ! -s 10.1.0.0/16"),
                                   {"-p tcp ! -s 10.0.0.0/8", "-p udp ! -s 192.168.0.0/16"},
                                   {"-p tcp ! -i eth+", "-p tcp ! -i eth1"},
                                   {"-p tcp ! -s 10.0.0.0/8", "-p tcp ! -d 192.168.0.0/16"}})
    EXPECT_THAT(input({fmt::format("- a: {} -j DROP", one), fmt::format("- b: {} -j DROP", other)}),
                Not(Contains(StartsWith("excludes-everyone"))))
        << one;
}

TEST(DropsIcmpErrors, OnlyWhereTheErrorsAreAmongThem) {
  EXPECT_THAT(input({"- d: -p icmp -j DROP"}), ElementsAre("drops-icmp-errors at 6:25"));
  EXPECT_THAT(input({"- d: -p icmp -m icmp --icmp-type 8 -j DROP"}), IsEmpty());
  EXPECT_THAT(input({"- a: -m conntrack --ctstate RELATED -j ACCEPT", "- d: -p icmp -j DROP"}), IsEmpty());
  EXPECT_THAT(input({"- d: -p icmp -s 203.0.113.66 -j DROP"}), IsEmpty());
}

TEST(ResetWithoutTcp, NeedsTheProtocol) {
  EXPECT_THAT(input({"- r: -s 10.0.0.1 -j REJECT --reject-with tcp-reset"}),
              ElementsAre(StartsWith("reset-without-tcp at 6:")));
  EXPECT_THAT(input({"- r: -s 10.0.0.1 -p tcp -j REJECT --reject-with tcp-reset"}), IsEmpty());
}

TEST(DnatToLoopback, IsFineWithRouteLocalnet) {
  auto wishes =
      "pyfw_wishes:\n  iptables:\n    nat:\n      PREROUTING:\n        rules:\n"
      "        - r: -i eth0 -p tcp -m tcp --dport 80 -j DNAT --to-destination 127.0.0.1:8080\n";
  auto host = plain();
  EXPECT_THAT(said_of(wishes, host), ElementsAre(StartsWith("dnat-to-loopback at 6:")));
  host.facts().settings->interfaces["eth0"].route_localnet = true;
  EXPECT_THAT(said_of(wishes, host), IsEmpty());
}

TEST(DnatNotForwarded, IsSaidWhereForwardLetsNothingThroughToItsEnd) {
  auto said = [](const std::string& rule) {
    auto text = chain_of("FORWARD", {rule, "- est: -m conntrack --ctstate ESTABLISHED -j ACCEPT"}, "iptables",
                         "DROP");
    text +=
        "    nat:\n      PREROUTING:\n        rules:\n        - web: -i eth0 -p tcp --dport 8443 -j DNAT "
        "--to-destination 10.7.0.5:443\n";
    return said_of(text);
  };
  for (const auto* lacks : {"- a: -d 10.7.0.5 -p tcp --dport 8443 -j ACCEPT", "- a: -d 10.7.0.6 -j ACCEPT",
                            "- a: -d 10.7.0.5 -p udp -j ACCEPT", "- a: -i lan0 -j ACCEPT"})
    EXPECT_THAT(said(lacks), testing::Contains("dnat-not-forwarded at 12:52")) << lacks;
  for (const auto* fits :
       {"- a: -d 10.7.0.5 -p tcp --dport 443 -j ACCEPT", "- a: -d 10.7.0.0/24 -j ACCEPT",
        "- a: -s 198.51.100.0/24 -p tcp -j ACCEPT", "- a: -m conntrack --ctstate DNAT -j ACCEPT"})
    EXPECT_THAT(said(fits), testing::Not(testing::Contains(testing::StartsWith("dnat-not")))) << fits;
}

TEST(NeedlessOriginal, IsOneOnlyBeforeTranslation) {
  auto mangle = [](std::string_view chain) {
    return said_of(fmt::format("pyfw_wishes:\n  iptables:\n    mangle:\n      {}:\n        rules:\n"
                               "        - r: -p tcp -m conntrack --ctorigdstport 80 -j DROP\n",
                               chain),
                   plain());
  };
  EXPECT_THAT(mangle("PREROUTING"), ElementsAre(StartsWith("needless-original at 6:")));
  EXPECT_THAT(mangle("FORWARD"), IsEmpty());
}

TEST(Lint, SaysOfARuleForBothFamiliesEachThingOnce) {
  EXPECT_THAT(said_of(chain_of("INPUT", {"- l: -p tcp --dport 23 -j LOG", "- d: -p tcp --dport 23 -j DROP"},
                               "ip46tables"),
                      plain()),
              ElementsAre(StartsWith("log-without-limit at 6:")));
}

TEST(Lint, EachKindHasAnIdOfItsOwn) {
  std::set<std::string_view> ids;
  for (const auto& row : lints()) EXPECT_TRUE(ids.insert(row.id).second) << row.id;
}

}  // namespace
}  // namespace pyfw
