// Sets and members that can't be.

#include <fmt/format.h>

#include "cli.h"

namespace pyfw::cli {
namespace {

class BadSets : public CliTest, public testing::WithParamInterface<Refused> {};

TEST_P(BadSets, AreRefusedAtTheirPlace) {
  expect_refused(GetParam().wishes, GetParam().message, GetParam().hint);
}

std::string set(std::string_view fields) {
  return fmt::format("pyfw_wishes:\n  ipsets:\n    office: {{ {} }}\n", fields);
}

constexpr auto kNoNames =
    "members are written as numbers; host names are not taken, since what they stand for changes unseen";

INSTANTIATE_TEST_SUITE_P(
    Types, BadSets,
    testing::Values(
        Refused{"Misspelt", set("type: '⟦hash:ips⟧'"), "no set type is called 'hash:ips'",
                "did you mean 'hash:ip'?"},
        Refused{"Missing", "pyfw_wishes:\n  ipsets:\n    ⟦office⟧: { members_equal: [] }\n",
                "set 'office' has no type", "for single addresses: type: hash:ip"},
        Refused{"OtherThanThatOfTheHost",
                "pyfw_wishes:\n  ipsets:\n    allowed_hosts:\n      type: ⟦hash:net⟧\n",
                "set 'allowed_hosts' exists with type hash:ip, not hash:net",
                "single commands can't change a set's type and options: let `pyfw apply` do it, or give "
                "it another name"},
        Refused{"OtherOptionThanThatOfTheHost",
                "pyfw_wishes:\n  ipsets:\n    allowed_hosts:\n      type: ⟦hash:ip⟧\n      options: { "
                "maxelem: 5 }\n",
                "set 'allowed_hosts' exists with maxelem 65536, not 5",
                "single commands can't change a set's type and options: let `pyfw apply` do it, or give "
                "it another name"},
        Refused{"RefusedByIpset", set("type: '⟦bitmap:ip⟧'"),
                "ipset refuses this set: Mandatory option `range' is missing"},
        Refused{"OptionRefusedByIpset", set("type: '⟦hash:ip⟧', options: { family: inet7 }"),
                "ipset refuses this set: Syntax error: unknown inet family inet7"},
        Refused{"FlagWithValue", set("type: 'hash:ip', options: { comment: ⟦5⟧ }"),
                "option 'comment' is true or false"},
        Refused{"OptionOfTwoWords", set("type: 'hash:ip', options: { maxelem: ⟦5 counters⟧ }"),
                "option 'maxelem' is one word"},
        Refused{"LongName",
                "pyfw_wishes:\n  ipsets:\n    ⟦abcdefghijabcdefghijabcdefghij12⟧: { type: 'hash:ip' }\n",
                "a set's name has 1 to 31 bytes"},
        Refused{"NameLikeAnOption", "pyfw_wishes:\n  ipsets:\n    ⟦-exist⟧: { type: 'hash:ip' }\n",
                "ipset takes no set called '-exist'"}),
    name_of);

INSTANTIATE_TEST_SUITE_P(
    Members, BadSets,
    testing::Values(
        Refused{"HostName", set("type: 'hash:ip', members_equal: [10.0.0.1, ⟦example.org⟧]"),
                "'example.org' is no address", kNoNames},
        Refused{"HostNameInAPart", set("type: 'hash:ip,port', members_equal: ['⟦localhost,tcp:80⟧']"),
                "'localhost' is no address", kNoNames},
        Refused{"TooFewParts", set("type: 'hash:ip,port', members_equal: [⟦10.0.0.1⟧]"),
                "'10.0.0.1' has 1 part, and a member of a hash:ip,port has 2", "its parts are ip,port"},
        Refused{"TooManyParts", set("type: 'hash:ip', members_equal: ['⟦10.0.0.1,80⟧']"),
                "'10.0.0.1,80' has 2 parts, and a member of a hash:ip has 1", "its parts are ip"},
        Refused{"OtherFamily", set("type: 'hash:ip', members_equal: ['⟦2001:db8::1⟧']"),
                "'2001:db8::1' is an IPv6 address, and set 'office' is for IPv4",
                "a set for IPv6 needs options: { family: inet6 }"},
        Refused{"OtherFamily4",
                set("type: 'hash:ip', options: { family: inet6 }, members_equal: [⟦10.0.0.1⟧]"),
                "'10.0.0.1' is an IPv4 address, and set 'office' is for IPv6"},
        Refused{"WholeInternet", set("type: 'hash:net', members_equal: [⟦0.0.0.0/0⟧]"),
                "ipset takes no prefix of length 0 in a hash:net", "write 0.0.0.0/1 and 128.0.0.0/1"},
        Refused{"RefusedByIpset", set("type: 'hash:ip', members_equal: [10.0.0.1, ⟦10.0.0.256⟧, 10.0.0.2]"),
                "ipset refuses this member: Syntax error: cannot parse 10.0.0.256: resolving to IPv4 address "
                "failed"},
        Refused{"UnknownWordOfAMember", set("type: 'hash:ip', members_equal: [⟦10.0.0.1 timout 5⟧]"),
                "ipset refuses this member: Unknown argument: `timout'"},
        Refused{"NoList", set("type: 'hash:ip', members_equal: ⟦10.0.0.1⟧"),
                "members_equal must be a list, not a text", "write [10.0.0.1]"},
        Refused{
            "EqualBesideInclude",
            "pyfw_wishes:\n  ipsets:\n    ⟦office⟧: { type: 'hash:ip', members_equal: [], members_include: "
            "[10.0.0.1] }\n",
            "set 'office' has members_include or members_exclude beside all its members",
            "members_equal and members_file mean: exactly these"},
        Refused{"InAndOut",
                "pyfw_wishes:\n  ipsets:\n    ⟦office⟧: { type: 'hash:ip', members_include: [10.0.0.1/32], "
                "members_exclude: [10.0.0.1] }\n",
                "member '10.0.0.1' is wished both in and out of set 'office'"},
        Refused{"ListOfUnknownSet", set("type: 'list:set', members_equal: [allowed_hosts, ⟦alowed_hosts⟧]"),
                "no set is called 'alowed_hosts'", "did you mean 'allowed_hosts'?"},
        Refused{"ListOfLists", set("type: 'list:set', members_equal: [⟦office⟧]"),
                "set 'office' is a list:set, which no other can hold"},
        Refused{"MembersFileMissing", set("type: 'hash:ip', members_file: ⟦office.txt⟧"),
                "can't read office.txt: No such file or directory"}),
    name_of);

TEST_F(CliTest, MemberOfAMembersFileIsRefusedAtItsPlaceThere) {
  Marked members("# the office\n10.0.0.1   # the printer\n\n  ⟦example.org⟧\n");
  write("office.txt", members.text);
  auto run = plan(set("type: 'hash:ip', members_file: office.txt"));
  EXPECT_EQ(run.err, members.error("office.txt", "'example.org' is no address", kNoNames));
  EXPECT_EQ(run.status, 1);
}

TEST_F(CliTest, MembersFileIsFoundBesideItsWishesFile) {
  write("etc/office.txt", "10.0.0.2\n");
  write("etc/wishes.yaml", set("type: 'hash:ip', members_file: office.txt"));
  auto run = pyfw({"--wishes", "etc/wishes.yaml", "--iptables-save", "state.save"});
  EXPECT_EQ(run.out,
            "# these commands should fullfill all given wishes:\nipset -exist create office hash:ip family "
            "inet\nipset -exist add office 10.0.0.2\n");
  EXPECT_EQ(run.err, "");
}

}  // namespace
}  // namespace pyfw::cli
