// Back to where the host was before an apply: pyfw's own changes go, what others did meanwhile stays.

#include <cstdlib>
#include <filesystem>

#include "base/strings.h"
#include "live.h"

namespace pyfw::netns {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

class Rollback : public LiveTest {
 protected:
  Outcome done(const std::vector<std::string>& arguments) const {
    auto run = pyfw(arguments);
    EXPECT_EQ(run.status, 0) << run.out << run.err;
    return run;
  }
  void apply_wishes(const std::string& wishes) const {
    wish("pyfw_wishes:\n" + wishes);
    done({"apply"});
  }
  void wish_input(const std::string& rules, const std::string& more = "") const {
    apply_wishes("  iptables: { filter: { INPUT: { " + more + "rules: [" + rules + "] }}}\n");
  }
  // All but counters: an empty table is the same as one that nobody touched.
  std::string everything() const {
    auto rules = [&](const std::string& family) {
      // Tables come in the order in which they were first touched.
      return sh(family +
                "-save | grep -v '^#' | sed 's/ \\[[0-9:]*\\]$//' | awk '/^[*]/ { table = $1; next } { print "
                "table, $0 }' |"
                "grep -v ' COMMIT$\\| :[^ ]* ACCEPT$' | sort -s -k 1,1 || true");
    };
    return rules("iptables") + rules("ip6tables") + sh("ipset save | sed 's/ initval 0x[0-9a-f]*//' | sort");
  }
  std::vector<std::string> ids() const {
    std::vector<std::string> found;
    auto listed = pyfw({"snapshots"}).out;
    for (auto line : split(listed, '\n')) {
      auto id = trim(line.substr(0, 4));
      if (parse_number(id)) found.emplace_back(id);
    }
    return found;
  }
};

TEST_P(Rollback, ToEachOfSeveralAppliesIsWhatWasBefore) {
  sh("iptables -A INPUT -s 10.9.9.9 -j DROP; ipset create theirs hash:ip; ipset add theirs 10.0.0.1");
  const std::vector<std::string> wishes = {
      "  iptables: { filter: { INPUT: { rules: [a: -s 10.0.0.1 -j ACCEPT] }}}\n",
      "  iptables: { filter: { INPUT: { default_action: DROP, rules: [b: -s 10.0.0.2 -j ACCEPT, a: -s "
      "10.0.0.7 -j DROP, "
      "'~rest': , c: -j M] }, M: { rules: [ -s 10.0.0.4 -j DROP ] }}}\n",
      "  ipsets: { s: { type: 'hash:ip', members_equal: [10.0.0.1] }, theirs: { members_include: [10.0.0.2], "
      "members_exclude: [10.0.0.1] } }\n"
      "  ip46tables: { filter: { INPUT: { rules: [ x: -p udp -j ACCEPT ] } } }\n"
      "  iptables: { filter: { INPUT: { rules: [a: -m set --match-set s src -j DROP] }}, nat: { POSTROUTING: "
      "{ rules: [ "
      "m: -o eth9 -j MASQUERADE ] } } }\n",
      "  ipsets: { s: { type: 'hash:net', members_equal: [10.0.0.0/8, 192.0.2.0/24] } }\n"
      "  iptables: { filter: { INPUT: { rules: ['~match': 10.9.9.9, a: -m set --match-set s src -j DROP, z: "
      "-j LOG] }}}\n"};
  std::vector<std::string> before;
  for (const auto& wish : wishes) {
    before.push_back(everything());
    apply_wishes(wish);
  }
  EXPECT_THAT(ids(), ElementsAre("1", "2", "3", "4"));
  for (int i : {3, 1, 0, 2}) {
    auto now = everything();
    auto run = done({"rollback", std::to_string(i + 1)});
    EXPECT_EQ(everything(), before[static_cast<std::size_t>(i)]) << "to before " << i + 1 << run.out;
    // A rollback can be rolled back.
    auto newest = ids().back();
    EXPECT_THAT(run.out, HasSubstr("To take that back: pyfw rollback " + newest));
    done({"rollback", newest});
    EXPECT_EQ(everything(), now) << "back again from " << i + 1;
  }
}

// Both see every packet: a rule that stays on one of them lets in whom the other keeps out.
TEST_P(Rollback, AcrossChangesOfBothBackendsUndoesAllOfThem) {
  auto both = [&] {
    return everything() + sh("iptables-legacy-save | grep ^-A || true; iptables-nft-save | grep ^-A || true");
  };
  auto before = both();
  std::string other = is_legacy() ? "nft" : "legacy";
  apply_wishes("  iptables: { filter: { INPUT: { rules: [a: -s 10.0.0.1 -j ACCEPT] }}}\n");
  auto first = ids().back();
  wish(
      "pyfw_wishes:\n  ipsets: { s: { type: 'hash:ip', members_equal: [10.0.0.1] } }\n"
      "  iptables: { filter: { INPUT: { rules: [b: -m set --match-set s src -j ACCEPT] }}}\n");
  done({"apply", "--backend", other});
  wish(
      "pyfw_wishes:\n  ipsets: { s: { type: 'hash:ip', members_equal: [10.0.0.1] } }\n"
      "  iptables: { filter: { INPUT: { rules: [c: -s 10.0.0.3 -j ACCEPT] }}}\n");
  done({"apply", "--backend", is_legacy() ? "legacy" : "nft"});
  auto after = both();
  auto run = done({"rollback", first});
  EXPECT_EQ(both(), before) << run.out << run.err;
  EXPECT_THAT(run.err, HasSubstr("were of the " + other + " rules"));
  auto undo = run.out.find("pyfw rollback ");
  ASSERT_NE(undo, std::string::npos) << run.out;
  done({"rollback", std::string(trim(run.out.substr(undo + 14)))});
  EXPECT_EQ(both(), after);
}

TEST_P(Rollback, WithoutANumberTheLastChangeIsUndoneAndThenTheUndo) {
  EXPECT_EQ(pyfw({"rollback"}).status, 1);
  wish_input("a: -j LOG");
  wish_input("b: -j LOG");
  auto run = done({"rollback"});
  EXPECT_THAT(run.out, HasSubstr("Undone: pyfw's own changes since snapshot 2."));
  EXPECT_THAT(rules("INPUT"), ElementsAre("-m comment --comment a -j LOG"));
  done({"rollback"});
  EXPECT_THAT(rules("INPUT"), ElementsAre("-m comment --comment b -j LOG"));
}

// What Docker does at a restart and when containers come and go.
TEST_P(Rollback, WhatOthersDidMeanwhileStays) {
  sh("iptables -N DOCKER; iptables -A FORWARD -o docker0 -j DOCKER; iptables -A FORWARD -j LOG;"
     "iptables -A DOCKER -d 172.17.0.2 -p tcp --dport 80 -j ACCEPT");
  apply_wishes(
      "  iptables: { filter: { FORWARD: { default_action: DROP, rules: [ a: -s 10.0.0.1 -j DROP ] }, DOCKER: "
      "{ "
      "rules: [ b: -s 10.0.0.2 -j DROP ] } } }\n");
  sh("iptables -F DOCKER; iptables -D FORWARD -o docker0 -j DOCKER; iptables -I FORWARD 1 -o docker0 -j "
     "DOCKER;"
     "iptables -I FORWARD 1 -i br-1 -j ACCEPT; iptables -A DOCKER -d 172.17.0.3 -p tcp --dport 81 -j ACCEPT");
  apply_wishes(
      "  iptables: { filter: { FORWARD: { default_action: DROP, rules: [ a: -s 10.0.0.5 -j DROP, c: -j LOG ] "
      "}, "
      "DOCKER: { rules: [ b: -s 10.0.0.2 -j DROP ] } } }\n");
  sh("iptables -A DOCKER -d 172.17.0.4 -p tcp --dport 82 -j ACCEPT; iptables -D FORWARD -i br-1 -j ACCEPT");
  done({"rollback", "1"});
  EXPECT_THAT(rules("FORWARD"), ElementsAre("-o docker0 -j DOCKER", "-j LOG"));
  EXPECT_THAT(rules("DOCKER"), ElementsAre("-d 172.17.0.3/32 -p tcp -m tcp --dport 81 -j ACCEPT",
                                           "-d 172.17.0.4/32 -p tcp -m tcp --dport 82 -j ACCEPT"));
  EXPECT_THAT(save(), HasSubstr(":FORWARD ACCEPT"));
}

TEST_P(Rollback, TheRecordReturnsToo) {
  wish_input("a: -j LOG");
  wish_input("b: -j LOG");
  done({"rollback"});
  // a is pyfw's again, so that it goes with its wish; b is nobody's.
  sh("iptables -A INPUT -m comment --comment b -j LOG");
  wish_input("c: -j LOG");
  EXPECT_THAT(rules("INPUT"), ElementsAre("-m comment --comment c -j LOG", "-m comment --comment b -j LOG"));
}

TEST_P(Rollback, UnknownNumberChangesNothing) {
  wish_input("a: -j LOG");
  for (const char* id : {"7", "0", "x", "../1", "01"}) {
    auto run = pyfw({"rollback", id});
    EXPECT_EQ(run.status, 2) << id;
    EXPECT_THAT(run.err, HasSubstr(std::string("there is no snapshot ") + id));
    EXPECT_THAT(run.err, HasSubstr("pyfw snapshots"));
  }
  EXPECT_THAT(ids(), ElementsAre("1"));
  EXPECT_THAT(rules("INPUT"), ElementsAre("-m comment --comment a -j LOG"));
}

TEST_P(Rollback, UnknownNumberLeavesAChangeThatWaits) {
  wish("pyfw_wishes:\n  iptables: { filter: { INPUT: { rules: [a: -j LOG] }}}\n");
  done({"apply", "--confirm-within", "10m"});
  EXPECT_EQ(pyfw({"rollback", "7"}).status, 2);
  EXPECT_THAT(rules("INPUT"), ElementsAre("-m comment --comment a -j LOG"));
  done({"confirm"});
}

TEST_P(Rollback, TwentySnapshotsAreKept) {
  for (int i = 1; i <= 25; ++i) wish_input("a: -s 10.0.0." + std::to_string(i) + " -j LOG");
  auto kept = ids();
  EXPECT_EQ(kept.size(), 20);
  EXPECT_EQ(kept.front(), "6");
  EXPECT_EQ(kept.back(), "25");
  EXPECT_EQ(sh("ls /var/lib/pyfw/* | grep -c '^[0-9]*$'"), "20\n");
  done({"rollback", "6"});
  EXPECT_THAT(rules("INPUT"), ElementsAre("-s 10.0.0.5/32 -m comment --comment a -j LOG"));
}

TEST_P(Rollback, NothingToDoMakesNoSnapshot) {
  wish_input("a: -j LOG");
  done({"apply"});
  done({"plan"});
  EXPECT_THAT(ids(), ElementsAre("1"));
}

TEST_P(Rollback, SnapshotsAreRestoredByThePlainTools) {
  sh("ipset create z hash:ip timeout 60; ipset create l list:set; ipset create m hash:net family inet6 "
     "comment;"
     "ipset add l z; ipset add m 2001:db8::/32 comment 'a \"b\"' 2>/dev/null || ipset add m 2001:db8::/32 "
     "comment 'a b';"
     "iptables -P FORWARD DROP; iptables -N X; iptables -A X -m set --match-set l src -m comment --comment "
     "'say \"hi\"' "
     "-j RETURN; iptables -t nat -A POSTROUTING -o eth0 -j MASQUERADE; ip6tables -A INPUT -m set --match-set "
     "m src -j "
     "DROP; ip6tables -t mangle -A PREROUTING -j MARK --set-mark 7");
  auto before = everything();
  wish_input("a: -j LOG", "default_action: DROP, ");
  // Hosts share no folder but those of the machine.
  auto folder = testing::TempDir() + "pyfw-saves-XXXXXX";
  ASSERT_NE(mkdtemp(folder.data()), nullptr);
  sh("cp /var/lib/pyfw/*/1/*.save " + folder);
  fresh_host();
  sh("cd " + folder +
     "; ipset restore <ipset.save; iptables-restore <iptables.save; ip6tables-restore <ip6tables.save");
  std::filesystem::remove_all(folder);
  EXPECT_EQ(everything(), before);
}

TEST_P(Rollback, DamagedSnapshotIsNamedAndSkipped) {
  wish_input("a: -j LOG");
  wish_input("b: -j LOG");
  wish_input("c: -j LOG");
  sh("truncate -s -9 /var/lib/pyfw/*/2/about");
  auto listed = pyfw({"snapshots"});
  EXPECT_EQ(listed.status, 0);
  EXPECT_THAT(listed.err, HasSubstr("snapshot 2 is damaged"));
  EXPECT_THAT(ids(), ElementsAre("1", "3"));
  auto run = pyfw({"rollback", "2"});
  EXPECT_EQ(run.status, 1);
  EXPECT_THAT(run.err, HasSubstr("error: snapshot 2 is damaged"));
  EXPECT_THAT(rules("INPUT"), ElementsAre("-m comment --comment c -j LOG"));
  done({"rollback", "3"});
  EXPECT_THAT(rules("INPUT"), ElementsAre("-m comment --comment b -j LOG"));
}

// Without the damaged one it is not known what pyfw did then, so rules of it may stay; but that is said.
TEST_P(Rollback, PastADamagedSnapshotItIsSaid) {
  wish_input("a: -j LOG");
  wish_input("b: -j LOG");
  wish_input("c: -j LOG");
  sh("truncate -s -9 /var/lib/pyfw/*/2/about");
  auto run = pyfw({"rollback", "1"});
  EXPECT_THAT(run.err, HasSubstr("snapshot 2 is damaged"));
}

TEST_P(Rollback, SnapshotsAreListedAsJsonToo) {
  wish_input("a: -j LOG");
  auto run = done({"snapshots", "--format", "json"});
  EXPECT_THAT(run.out, HasSubstr("\"id\": \"1\""));
  EXPECT_THAT(run.out, HasSubstr("\"kind\": \"apply\""));
  EXPECT_THAT(pyfw({"snapshots"}).out, HasSubstr("As plain saves they are in /var/lib/pyfw/"));
  EXPECT_THAT(pyfw({"snapshots"}).out, Not(HasSubstr("No snapshot")));
}

PYFW_ON_BOTH_BACKENDS(Rollback);

}  // namespace
}  // namespace pyfw::netns
