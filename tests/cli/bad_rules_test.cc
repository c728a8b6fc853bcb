// Rules and chains that can't be: one message, at the word that is wrong.

#include <fmt/format.h>

#include "cli.h"

namespace pyfw::cli {
namespace {

class BadRules : public CliTest, public testing::WithParamInterface<Refused> {};

TEST_P(BadRules, AreRefusedAtTheirPlace) {
  expect_refused(GetParam().wishes, GetParam().message, GetParam().hint);
}

std::string rule(std::string_view text, std::string_view family = "iptables") {
  return fmt::format(
      "pyfw_wishes:\n  vars: {{ ta: -tnat, two: '-t nat', tail: tnat, host: example.org }}\n  {}:\n    "
      "filter:\n"
      "      INPUT:\n        rules:\n        - r: {}\n",
      family, text);
}
std::string chain(std::string_view name, std::string_view lines, std::string_view table = "filter") {
  return fmt::format("pyfw_wishes:\n  iptables:\n    {}:\n      {}:\n{}", table, name, lines);
}

std::string many(std::string_view text, int times) {
  std::string out;
  while (times-- > 0) out += text;
  return out;
}

constexpr auto kNoCommands = "a rule holds matches and a target, no commands";
constexpr auto kTableIsKey = "the table is the key above the chain";
constexpr auto kChainIsKey = "leave it out together with the chain: the key above the rules names that";
constexpr auto kNoNames =
    "addresses are written as numbers; host names are not taken, since what they stand for changes unseen";

INSTANTIATE_TEST_SUITE_P(
    Commands, BadRules,
    testing::Values(
        Refused{"Table", rule("⟦-t⟧ nat -j DROP"), "a rule can't carry iptables' option -t", kTableIsKey},
        Refused{"TableInOneWord", rule("⟦-tnat⟧ -j DROP"), "a rule can't carry iptables' option -t",
                kTableIsKey},
        Refused{"TableByPrefix", rule("-j DROP ⟦--tab⟧ nat"), "a rule can't carry iptables' option --table",
                kTableIsKey},
        Refused{"TableByPrefixWithValue", rule("⟦--ta=nat⟧ -j DROP"),
                "a rule can't carry iptables' option --table", kTableIsKey},
        Refused{"TableInACluster", rule("⟦-ft⟧ nat -j DROP"), "a rule can't carry iptables' option -f",
                kNoCommands},
        Refused{"TableInQuotes", rule("\"⟦'-t'⟧ nat -j DROP\""), "a rule can't carry iptables' option -t",
                kTableIsKey},
        Refused{"TableBehindBackslash", rule("⟦\\-t⟧ nat -j DROP"), "a rule can't carry iptables' option -t",
                kTableIsKey},
        Refused{"TableFromVariable", rule("⟦${ta}⟧ -j DROP"), "a rule can't carry iptables' option -t",
                kTableIsKey},
        Refused{"TableFromVariableOfTwoWords", rule("⟦${two}⟧ -j DROP"),
                "a rule can't carry iptables' option -t", kTableIsKey},
        Refused{"TableFromHalfAVariable", rule("⟦-${tail}⟧ -j DROP"),
                "a rule can't carry iptables' option -t", kTableIsKey},
        Refused{"Append", rule("⟦-A⟧ INPUT -j DROP"), "a rule can't carry iptables' option -A", kChainIsKey},
        Refused{"Insert", rule("⟦-I⟧ INPUT 1 -j DROP"), "a rule can't carry iptables' option -I",
                kChainIsKey},
        Refused{"InsertLong", rule("⟦--ins⟧ INPUT 1 -j DROP"), "a rule can't carry iptables' option --insert",
                kChainIsKey},
        Refused{"Delete", rule("-j DROP ⟦-DINPUT⟧ 1"), "a rule can't carry iptables' option -D", kNoCommands},
        Refused{"Flush", rule("-j DROP ⟦-F⟧"), "a rule can't carry iptables' option -F", kNoCommands},
        Refused{"Policy", rule("-j DROP ⟦-P⟧ INPUT ACCEPT"), "a rule can't carry iptables' option -P",
                kNoCommands},
        Refused{"Modprobe", rule("⟦--modprobe=/bin/sh⟧ -j DROP"),
                "a rule can't carry iptables' option --modprobe", kNoCommands},
        Refused{"ModprobeShort", rule("⟦-M/bin/sh⟧ -j DROP"), "a rule can't carry iptables' option -M",
                kNoCommands},
        Refused{"Counters", rule("⟦-c⟧ 1 1 -j DROP"), "a rule can't carry iptables' option -c", kNoCommands},
        Refused{"OtherFamily", rule("⟦-6⟧ -j DROP"), "a rule can't carry iptables' option -6", kNoCommands},
        Refused{"EndOfOptions", rule("⟦--⟧ -j DROP"), "a rule can't carry iptables' option --", kNoCommands},
        Refused{"TableAsUnknownOptionsValue", rule("-m comment --commen ⟦-t⟧ nat -j DROP"),
                "a rule can't carry iptables' option -t", kTableIsKey}),
    name_of);

INSTANTIATE_TEST_SUITE_P(
    Words, BadRules,
    testing::Values(
        Refused{"LineBreak", rule("\"⟦-s 10.0.0.1 -j DROP\\n-A INPUT⟧\""), "a rule can't hold a line break",
                "a rule over several lines is written with '>-'"},
        Refused{"LineBreakInQuotes", rule("\"⟦-m comment --comment 'a\\nb' -j DROP⟧\""),
                "a rule can't hold a line break", "a rule over several lines is written with '>-'"},
        Refused{"HostName", rule("-s ⟦example.org⟧ -j DROP"), "'example.org' is no address", kNoNames},
        Refused{"HostNameInAList", rule("-s 10.0.0.1,⟦localhost⟧ -j DROP"), "'localhost' is no address",
                kNoNames},
        Refused{"HostNameFromVariable", rule("-d ⟦${host}⟧ -j DROP"), "'example.org' is no address",
                kNoNames},
        Refused{"HostNameOfConntrack", rule("-m conntrack --ctorigdst ⟦example.org⟧ -j DROP"),
                "'example.org' is no address", "addresses are written as numbers; host names are not taken"},
        Refused{"UnknownVariable", rule("-s ⟦${hots}⟧ -j DROP"), "unknown variable 'hots'",
                "did you mean 'host'?"},
        Refused{"OpenVariable", rule("-s ⟦${host⟧ -j DROP"), "'${' is never closed", "write ${NAME}"},
        Refused{"MisspeltKindOfVariable", rule("-s ⟦${contianer:web}⟧ -j DROP"),
                "unknown variable 'contianer:web'", "did you mean 'container:web'?"},
        Refused{"VariableWithoutName", rule("-s ⟦${container:}⟧ -j DROP"),
                "'${container:}' names no container", "write ${container:NAME}"},
        Refused{"WhatNoNetworkHas", rule("-i ⟦${network:x:bridg}⟧ -j DROP"), "a network has no 'bridg'",
                "did you mean 'bridge'?"},
        Refused{"UnknownSet", rule("-m set --match-set ⟦alowed_hosts⟧ src -j DROP"),
                "no set is called 'alowed_hosts'", "did you mean 'allowed_hosts'?"},
        Refused{"UnknownSetInOneWord", rule("-m set ⟦--match-set=alowed_hosts⟧ src -j DROP"),
                "no set is called 'alowed_hosts'", "did you mean 'allowed_hosts'?"},
        Refused{"UnknownTarget", rule("-j ⟦DORP⟧"), "no chain or target is called 'DORP'",
                "did you mean 'DROP'?"},
        Refused{"TargetInTheWrongCase", rule("-j ⟦accept⟧"), "no chain or target is called 'accept'",
                "did you mean 'ACCEPT'?"},
        Refused{"UnknownChain", rule("-g ⟦DOCKR⟧"), "no chain or target is called 'DOCKR'",
                "did you mean 'DOCKER'?"},
        Refused{"JumpToBuiltin", rule("-j ⟦FORWARD⟧"),
                "'FORWARD' is a builtin chain: nothing can jump to it"},
        Refused{"JumpToItself", chain("MINE", "        rules:\n        - r: -j ⟦MINE⟧\n"),
                "a chain can't jump to itself"},
        Refused{"NoTarget", rule("⟦-p tcp --dport 22⟧"), "this rule has no target",
                "end it with -j and what shall happen: -j ACCEPT, -j DROP, -j CHAIN"},
        Refused{"TwoTargets", rule("-j DROP -j ⟦ACCEPT⟧"), "a rule has one target",
                "this is its second -j or -g"},
        Refused{"NegationBehindOption", rule("-s ⟦!⟧ 10.0.0.1 -j DROP"),
                "the '!' stands before the option: ! -s …"},
        Refused{"OpenQuote", rule("-m comment --comment ⟦'⟧a -j DROP"), "this quote is never closed: '"},
        Refused{"ValueMissing", rule("-j DROP ⟦-s⟧"), "-s needs a value"},
        Refused{"OptionAsValue", rule("-s ⟦-j⟧ DROP"), "-s needs a value, and '-j' looks like an option"},
        Refused{"OtherCommentThanName", rule("-m comment --comment ⟦other⟧ -j DROP"),
                "the comment of the rule 'r' must be its name",
                "pyfw knows its rules by their comments: leave it out, or use the same"},
        Refused{"OtherLettersBefore", rule("\"-m comment --comment ⟦'äöü→€'⟧ -j DROP\""),
                "the comment of the rule 'r' must be its name",
                "pyfw knows its rules by their comments: leave it out, or use the same"},
        Refused{"RefusedByIptables", rule("⟦-p tcp --dport 99999 -j DROP⟧"),
                "iptables refuses this rule: invalid port/service `99999' specified"},
        Refused{"ControlCharacter", rule("\"⟦-j DROP\\e[31m⟧\""),
                "no chain or target is called 'DROP\\x1b[31m'"}),
    name_of);

INSTANTIATE_TEST_SUITE_P(
    Families, BadRules,
    testing::Values(
        Refused{"Address6", rule("-s ⟦2001:db8::/32⟧ -j DROP"),
                "'2001:db8::/32' is a word of IPv6, and this rule is for IPv4"},
        Refused{"Address4", rule("-s ⟦10.0.0.0/8⟧ -j DROP", "ip6tables"),
                "'10.0.0.0/8' is a word of IPv4, and this rule is for IPv6"},
        Refused{"Address4InBoth", rule("-s ⟦10.0.0.0/8⟧ -j DROP", "ip46tables"),
                "'10.0.0.0/8' is a word of IPv4, and this rule is for IPv6"},
        Refused{"Address6InBoth", rule("-d ⟦::1⟧ -j DROP", "ip46tables"),
                "'::1' is a word of IPv6, and this rule is for IPv4"},
        Refused{"IcmpInBoth", rule("-p ⟦icmp⟧ -j ACCEPT", "ip46tables"),
                "'icmp' is a word of IPv4, and this rule is for IPv6", "in ip6tables it is 'ipv6-icmp'"},
        Refused{"Icmp6", rule("-p ⟦ipv6-icmp⟧ -j ACCEPT"),
                "'ipv6-icmp' is a word of IPv6, and this rule is for IPv4", "in iptables it is 'icmp'"},
        Refused{"Reject6", rule("-j REJECT --reject-with ⟦icmp6-adm-prohibited⟧"),
                "'icmp6-adm-prohibited' is a word of IPv6, and this rule is for IPv4",
                "in iptables it is 'icmp-port-unreachable, …'"},
        Refused{"Match6", rule("-m ⟦hbh⟧ -j DROP"), "'hbh' is a word of IPv6, and this rule is for IPv4"},
        Refused{"Match4", rule("-m ⟦ttl⟧ --ttl-eq 1 -j DROP", "ip6tables"),
                "'ttl' is a word of IPv4, and this rule is for IPv6", "in ip6tables it is 'hl'"},
        Refused{"Fragments6", rule("⟦-f⟧ -j DROP", "ip6tables"),
                "'-f' is a word of IPv4, and this rule is for IPv6", "in ip6tables it is '-m frag'"},
        Refused{"SetOfTheOtherFamily", rule("-m set --match-set ⟦allowed_hosts⟧ src -j DROP", "ip46tables"),
                "set 'allowed_hosts' holds addresses of IPv4",
                "a set is of one family: see its option 'family'"}),
    name_of);

INSTANTIATE_TEST_SUITE_P(
    Chains, BadRules,
    testing::Values(
        Refused{"BuiltinThatTheTableLacks", chain("⟦PREROUTING⟧", ""),
                "table 'filter' has no builtin chain 'PREROUTING'", "it has INPUT, FORWARD, OUTPUT"},
        Refused{"ForwardInNat", chain("⟦FORWARD⟧", "", "nat"), "table 'nat' has no builtin chain 'FORWARD'",
                "it has PREROUTING, INPUT, OUTPUT, POSTROUTING"},
        Refused{"WrongCase", chain("⟦Input⟧", ""), "unknown chain 'Input'", "did you mean 'INPUT'?"},
        Refused{"PolicyOfUserChain", chain("DOCKER", "        ⟦default_action⟧: DROP\n"),
                "user chain 'DOCKER' can't have a default_action",
                "only builtin chains have a policy; end the chain with a rule '-j DROP' instead"},
        Refused{"PolicyOfMisspeltChain", chain("INPTU", "        ⟦default_action⟧: DROP\n"),
                "user chain 'INPTU' can't have a default_action",
                "only builtin chains have a policy; did you mean 'INPUT'?"},
        Refused{"BadPolicy", chain("INPUT", "        default_action: ⟦REJECT⟧\n"), "'REJECT' is no policy",
                "a policy is ACCEPT or DROP"},
        Refused{"PolicyInTheWrongCase", chain("INPUT", "        default_action: ⟦drop⟧\n"),
                "'drop' is no policy", "did you mean 'DROP'?"},
        Refused{"DropInNat", chain("INPUT", "        default_action: ⟦DROP⟧\n", "nat"),
                "iptables takes no policy DROP in the table nat",
                "not every packet passes it; drop in filter or mangle"},
        Refused{"LongName", chain("⟦ABCDEFGHIJABCDEFGHIJABCDEFGHI⟧", ""),
                "a chain's name has at most 28 bytes"},
        Refused{"TargetAsChain", chain("⟦ACCEPT⟧", ""), "'ACCEPT' is a target, no chain"},
        Refused{"NameLikeAnOption", chain("⟦-F⟧", ""), "iptables takes no chain called '-F'"},
        Refused{"SameNameTwice",
                chain("INPUT", "        rules:\n        - r: -j DROP\n        - ⟦r⟧: -j ACCEPT\n"),
                "two rules of this chain are called 'r'", "the other one stands at wishes.yaml:6:11"},
        Refused{"SameRuleTwice",
                chain("INPUT", "        rules:\n        - r: -j DROP\n        - ⟦r⟧: -j DROP\n"),
                "'r' stands here a second time", "the other one stands at wishes.yaml:6:11"},
        Refused{"WishedAndAbsent",
                chain("INPUT", "        rules:\n        - r: -j DROP\n        - ~absent: ⟦r⟧\n"),
                "'r' is wished and wished absent", "the other one stands at wishes.yaml:6:11"},
        Refused{"TemporaryName", chain("INPUT", "        rules:\n        - ⟦_pyfw_temp_r⟧: -j DROP\n"),
                "names that begin with _pyfw_temp_ are pyfw's own"},
        Refused{"NameOf245Bytes",
                chain("INPUT", "        rules:\n        - ⟦" + many("→", 81) + "nn⟧: -j DROP\n"),
                "this name has 245 bytes, a name has at most 244",
                "the kernel cuts comments at 255 bytes without a word"}),
    name_of);

TEST_F(CliTest, TheLongestNameIsTaken) {
  auto run = plan(chain("INPUT", "        rules:\n        - " + std::string(244, 'n') + ": -j DROP\n"));
  EXPECT_EQ(run.out,
            "# these commands should fullfill all given wishes:\niptables -w -t filter -I INPUT 1 -m comment "
            "--comment " +
                std::string(244, 'n') + " -j DROP\n");
  EXPECT_EQ(run.status, 0);
}

TEST_F(CliTest, ChainThatNothingJumpsToIsAWarning) {
  auto run = plan(chain("DOCKER-USR", "        rules: ['-j DROP']\n"));
  EXPECT_EQ(run.err,
            "wishes.yaml:4:7: warning: nothing in table filter of iptables jumps to chain 'DOCKER-USR': its "
            "rules see "
            "no packet\n    4 |       DOCKER-USR:\n      |       ^~~~~~~~~~\n   is its name spelt right?\n");
  EXPECT_EQ(run.status, 0);
}

}  // namespace
}  // namespace pyfw::cli
