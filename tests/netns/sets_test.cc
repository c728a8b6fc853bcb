// Sets of every type that this kernel has, in whatever spelling their wishes use.

#include <fmt/format.h>

#include "base/strings.h"
#include "live.h"

namespace pyfw::netns {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::UnorderedElementsAre;

class LiveSets : public LiveTest {
 protected:
  [[nodiscard]] std::vector<std::string> members(const std::string& set) const {
    std::vector<std::string> found;
    auto saved = sh("ipset save " + set);
    for (auto line : split(saved, '\n'))
      if (line.starts_with("add ")) found.emplace_back(line.substr(5 + set.size()));
    return found;
  }
};

struct Sample {
  const char* type;
  const char* options;
  const char* members;  // in spellings that are not the kernel's
};
constexpr Sample kSamples[] = {
    {"bitmap:ip", "range: 10.0.0.0/24", "10.0.0.1-10.0.0.4, 10.0.0.9/32"},
    {"bitmap:ip,mac", "range: 10.0.0.0/24", "'10.0.0.1,aa:bb:cc:dd:ee:ff', 10.0.0.2"},
    {"bitmap:port", "range: ssh-1024", "ssh, 80-82"},
    {"hash:ip", "netmask: 24, timeout: 0", "10.0.0.1, 10.0.1.0/30"},
    {"hash:ip", "family: inet6, maxelem: 100, hashsize: 64, forceadd: true",
     "'2001:DB8::0:1', '::ffff:1.2.3.4'"},
    {"hash:ip", "comment: true, counters: true, skbinfo: true",
     "'10.0.0.1 comment \"a \\\"b\\\" c\"', '10.0.0.2 skbmark 0x1 skbprio 1:10 skbqueue 3'"},
    {"hash:ip,mac", "", "'10.0.0.1,aa:bb:cc:dd:ee:ff'"},
    {"hash:ip,mark", "markmask: 255", "'10.0.0.1,0x5'"},
    {"hash:ip,port", "", "'10.0.0.1,80', '10.0.0.1,udp:53', '10.0.0.2,tcp:ssh-24', '10.0.0.3,icmp:ping'"},
    {"hash:ip,port,ip", "", "'10.0.0.1,80,10.0.0.2'"},
    {"hash:ip,port,net", "", "'10.0.0.1,80,10.0.0.9/24'"},
    {"hash:mac", "", "aa:bb:cc:dd:ee:ff"},
    {"hash:net", "netmask: 32", ""},
    {"hash:net", "", "10.0.0.9/8, 192.0.2.1/32, '192.0.2.8/29 nomatch', 10.128.0.0-10.128.0.255"},
    {"hash:net,iface", "", "'10.0.0.0/8,eth0', '0.0.0.0/0,physdev:eth1'"},
    {"hash:net,net", "", "'10.0.0.9/8,192.0.2.0/24'"},
    {"hash:net,port", "", "'10.0.0.9/8,443', '192.0.2.0/24,sctp:5'"},
    {"hash:net,port,net", "", "'10.0.0.9/8,443,10.0.0.0/8'"},
    {"list:set", "size: 16", "other, another"},
};

TEST_P(LiveSets, OfEveryTypeStayFulfilledWhateverTheSpelling) {
  std::string wishes =
      "pyfw_wishes:\n  ipsets:\n    other: { type: 'hash:ip' }\n    another: { type: 'hash:net' }\n";
  int count = 0;
  for (const auto& sample : kSamples) {
    // Not every kernel has every type and option.
    wish(fmt::format(
        "pyfw_wishes:\n  ipsets:\n    other: {{ type: 'hash:ip' }}\n    another: {{ type: 'hash:net' }}\n"
        "    s: {{ type: '{}', options: {{ {} }} }}\n",
        sample.type, sample.options));
    if (auto run = pyfw({}); run.err.find("not supported") != std::string::npos ||
                             std::string_view(sample.options) == "netmask: 32")
      continue;
    wishes += fmt::format("    s{}: {{ type: '{}', options: {{ {} }}, members_equal: [ {} ] }}\n", count++,
                          sample.type, sample.options, sample.members);
  }
  EXPECT_GE(count, 10);
  wish(wishes);
  apply_and_expect_fulfilled();
}

TEST_P(LiveSets, MembersOfOthersStayBesideIncludedOnes) {
  sh("ipset create shared hash:ip; ipset add shared 10.0.0.1; ipset add shared 10.0.0.2");
  wish(
      "pyfw_wishes:\n  ipsets:\n    shared: { members_include: [10.0.0.3, 10.0.0.1/32], members_exclude: "
      "[10.0.0.2] }\n");
  apply_and_expect_fulfilled();
  EXPECT_THAT(members("shared"), UnorderedElementsAre("10.0.0.1", "10.0.0.3"));
}

TEST_P(LiveSets, MembersFileIsTheWholeOfASet) {
  sh("ipset create office hash:net; ipset add office 10.0.0.0/8");
  ASSERT_TRUE(host().write_file("/etc/pyfw/office.txt", "# all\n192.0.2.0/24 # first\n\n198.51.100.7\n"));
  wish("pyfw_wishes:\n  ipsets:\n    office: { type: 'hash:net', members_file: office.txt }\n");
  apply_and_expect_fulfilled();
  EXPECT_THAT(members("office"), UnorderedElementsAre("192.0.2.0/24", "198.51.100.7"));
}

TEST_P(LiveSets, OrderOfAListIsKept) {
  wish(
      "pyfw_wishes:\n  ipsets:\n    a: { type: 'hash:ip' }\n    b: { type: 'hash:ip' }\n    c: { type: "
      "'hash:ip' }\n"
      "    l: { type: 'list:set', members_equal: [c, a, b] }\n");
  apply_and_expect_fulfilled();
  EXPECT_THAT(members("l"), ElementsAre("c", "a", "b"));
  sh("ipset flush l; ipset add l a; ipset add l b");
  apply_and_expect_fulfilled();
  EXPECT_THAT(members("l"), ElementsAre("c", "a", "b"));
}

TEST_P(LiveSets, CommentsOfMembersAreWishedToo) {
  for (const char* comment : {"first", "second, longer", "it''s #3: ü"}) {
    wish(fmt::format(
        "pyfw_wishes:\n  ipsets:\n    s: {{ type: 'hash:ip', options: {{ comment: true }}, members_equal: "
        "['10.0.0.1 comment \"{}\"'] }}\n",
        comment));
    apply_and_expect_fulfilled();
  }
  EXPECT_THAT(members("s"), ElementsAre("10.0.0.1 comment \"it's #3: ü\""));
}

TEST_P(LiveSets, CountersAndTimeoutsAreNoDrift) {
  sh("ipset create s hash:ip timeout 1000 counters; ipset add s 10.0.0.1 timeout 900 packets 5 bytes 6");
  wish(
      "pyfw_wishes:\n  ipsets:\n    s: { type: 'hash:ip', options: { timeout: 1000 }, members_equal: "
      "[10.0.0.1] }\n");
  EXPECT_EQ(pyfw({}).out, kNothingToDo);
  EXPECT_THAT(sh("ipset save s"), HasSubstr("packets 5 bytes 6"));
}

TEST_P(LiveSets, OptionsThatDifferAreRefusedBeforeAnythingIsDone) {
  sh("ipset create s hash:ip maxelem 10");
  wish(
      "pyfw_wishes:\n  ipsets:\n    s: { type: 'hash:ip', options: { maxelem: 20 } }\n  iptables:\n    "
      "filter:\n"
      "      INPUT:\n        default_action: DROP\n");
  auto run = pyfw({"--apply"});
  EXPECT_THAT(run.err,
              HasSubstr("/etc/pyfw/wishes.yaml:3:17: error: set 's' exists with maxelem 10, not 20\n"));
  EXPECT_EQ(run.status, 1);
  EXPECT_THAT(save(), testing::Not(HasSubstr("DROP")));
}

// The kernel's sets don't know the backend of the rules.
INSTANTIATE_TEST_SUITE_P(On, LiveSets, testing::Values(lab::Backend::kNft), backend_name);

}  // namespace
}  // namespace pyfw::netns
