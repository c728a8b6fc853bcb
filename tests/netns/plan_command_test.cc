// `pyfw plan`, `pyfw state` and what all subcommands share: exit statuses, formats, folders, namespaces.

#include <fmt/format.h>

#include <fstream>
#include <sstream>

#include "base/strings.h"
#include "live.h"
#include "show/schema_for_tests.h"

namespace pyfw::netns {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

std::string schema() {
  std::ostringstream text;
  text << std::ifstream(PYFW_SOURCE_DIR "/docs/plan.schema.json").rdbuf();
  return text.str();
}

class Commands : public LiveTest {
 protected:
  void wish_input(const std::string& rules) const {
    wish("pyfw_wishes: { iptables: { filter: { INPUT: { rules: [" + rules + "] }}}}\n");
  }
  Outcome done(const std::vector<std::string>& arguments) const {
    auto run = pyfw(arguments);
    EXPECT_EQ(run.status, 0) << run.out << run.err;
    return run;
  }
  // In a terminal of its own.
  std::string on_terminal(const std::string& command, const std::string& environment = "") const {
    return sh(
        fmt::format("env {} script -qec '{} {}' /dev/null || true", environment, PYFW_PROGRAM, command));
  }
};

TEST_P(Commands, PlansStatusSaysWhetherThereIsSomethingToDo) {
  wish_input("a: -j LOG");
  auto plan = pyfw({"plan"});
  EXPECT_EQ(plan.status, 3) << plan.err;
  EXPECT_THAT(plan.out, HasSubstr("a"));
  EXPECT_THAT(rules("INPUT"), IsEmpty());
  done({"apply"});
  done({"plan"});
  wish("pyfw_wishes: { iptables: { filter: { INPUT: { rules: [a: -j NOWHERE] }}}}\n");
  plan = pyfw({"plan"});
  EXPECT_EQ(plan.status, 2);
  EXPECT_THAT(plan.err, HasSubstr("/etc/pyfw/wishes.yaml:1:"));
  EXPECT_EQ(pyfw({"plan", "--nonsense"}).status, 2);
  EXPECT_EQ(pyfw({"plan", "--state-dir", "/etc/passwd"}).status, 1) << "what fails is no bad wish";
}

TEST_P(Commands, JsonIsAsTheSchemaSays) {
  auto expect_valid = [&](const Outcome& run) {
    EXPECT_THAT(violations(run.out, schema()), IsEmpty()) << run.out << run.err;
  };
  wish(R"(pyfw_wishes:
  ipsets: { s: { type: 'hash:ip', members_equal: [10.0.0.1] } }
  ip46tables: { filter: { INPUT: { default_action: DROP, rules: [a: -j LOG, b: -j M] }, M: { rules: [] } } }
)");
  auto plan = pyfw({"plan", "--format", "json"});
  EXPECT_EQ(plan.status, 3);
  expect_valid(plan);
  EXPECT_THAT(plan.out, Not(HasSubstr("\"applied\"")));
  auto run = done({"apply", "--format", "json"});
  expect_valid(run);
  EXPECT_THAT(run.out, HasSubstr("\"snapshot\": \"1\""));
  expect_valid(done({"plan", "--format", "json"}));
  run = done({"apply", "--format", "json"});
  expect_valid(run);
  EXPECT_THAT(run.out, HasSubstr("\"snapshot\": null"));
  sh("iptables -D INPUT 1; ipset add s 10.0.0.2");
  wish(
      "pyfw_wishes: { ipsets: { s: { type: 'hash:net', members_equal: [10.0.0.0/8] } }, iptables: { filter: "
      "{ INPUT: { "
      "rules: [b: -m set --match-set s src -j LOG, a: -j DROP] }}}}");
  expect_valid(pyfw({"plan", "--format", "json"}));
  expect_valid(done({"apply", "--format", "json"}));
  run = done({"rollback", "--format", "json"});
  expect_valid(run);
  EXPECT_THAT(run.out, HasSubstr("\"snapshot\": \"3\""));
  expect_valid(done({"rollback", "1", "--format", "json"}));
  expect_valid(done({"rollback", "4", "--format", "json"}));
}

TEST_P(Commands, ColourIsForTerminalsAndNeverWithNoColor) {
  wish_input("a: -j LOG");
  EXPECT_THAT(pyfw({"plan"}).out, Not(HasSubstr("\033[")));
  if (sh("command -v script || true").empty()) GTEST_SKIP() << "no script(1)";
  EXPECT_THAT(on_terminal("plan"), HasSubstr("\033["));
  EXPECT_THAT(on_terminal("plan", "NO_COLOR=1"), Not(HasSubstr("\033[3")));
  EXPECT_THAT(on_terminal("plan --format json"), Not(HasSubstr("\033[3")));
}

TEST_P(Commands, SavedStateIsRestoredByThePlainTools) {
  sh("ipset create s hash:ip; ipset add s 10.0.0.1; ipset create l list:set; ipset add l s;"
     "iptables -A INPUT -m set --match-set l src -j LOG; ip6tables -P INPUT DROP");
  auto before = save() + save("ip6tables");
  auto sets = sh("ipset save | sed 's/ initval 0x[0-9a-f]*//' | sort");
  auto run = done({"state", "--save", "/run/saved"});
  EXPECT_EQ(run.out,
            "wrote /run/saved, for: iptables-restore < /run/saved\n"
            "wrote /run/saved.ip6tables, for: ip6tables-restore < /run/saved.ip6tables\n"
            "wrote /run/saved.ipset, for: ipset restore < /run/saved.ipset\n");
  sh("iptables -F; ip6tables -P INPUT ACCEPT; ipset destroy l; ipset destroy s;"
     "ipset restore </run/saved.ipset; iptables-restore </run/saved; ip6tables-restore "
     "</run/saved.ip6tables");
  EXPECT_EQ(save() + save("ip6tables"), before);
  EXPECT_EQ(sh("ipset save | sed 's/ initval 0x[0-9a-f]*//' | sort"), sets);
}

TEST_P(Commands, SavedStateKeepsTheOneBeforeAndNeverMixesTwo) {
  sh("ipset create s hash:ip; iptables -A INPUT -j LOG; ip6tables -A INPUT -j LOG");
  done({"state", "--save", "/run/saved"});
  sh("cp /run/saved /run/first; iptables -F; ip6tables -F; ipset destroy s");
  done({"state", "--save", "/run/saved"});
  EXPECT_EQ(sh("cmp /run/first /run/saved.bak; cat /run/saved.ipset"), "")
      << "the sets of then are not those of now";
  EXPECT_THAT(sh("cat /run/saved"), Not(HasSubstr("LOG")));
  EXPECT_THAT(sh("cat /run/saved.ip6tables"), Not(HasSubstr("LOG")));
  done({"state", "--format", "json", "--save", "/run/saved.json"});
  EXPECT_THAT(sh("cat /run/saved.json"), testing::StartsWith("{"));
}

TEST_P(Commands, StateDirIsWhereTheRecordIs) {
  wish_input("a: -j LOG");
  done({"apply", "--state-dir", "/run/other"});
  EXPECT_EQ(sh("ls -A /var/lib/pyfw 2>/dev/null || true"), "");
  EXPECT_EQ(sh("stat -c %a /run/other"), "700\n");
  EXPECT_THAT(done({"snapshots", "--state-dir", "/run/other"}).out, HasSubstr("are in /run/other/"));
  EXPECT_THAT(done({"snapshots"}).out, HasSubstr("No snapshot was made yet."));
  EXPECT_EQ(pyfw({"rollback"}).status, 1);
  // Relative to where we are.
  sh(fmt::format("cd /run; {} rollback --state-dir other; {} apply --state-dir ./new/deep", PYFW_PROGRAM,
                 PYFW_PROGRAM));
  EXPECT_EQ(sh("ls /run/new/deep/*/1/about | wc -l"), "1\n");
  EXPECT_THAT(rules("INPUT"), ElementsAre("-m comment --comment a -j LOG"));
}

TEST_P(Commands, StateDirThatOthersCouldHaveWrittenIsRefused) {
  wish_input("a: -j LOG");
  sh("mkdir -m 700 /run/ours; ln -s /run/ours /run/link; mkdir -m 777 /run/open; mkdir -m 700 /run/theirs; "
     "chown 1 "
     "/run/theirs; echo >/run/file");
  for (const std::string path : {"/run/link", "/run/open", "/run/theirs", "/run/file"}) {
    auto run = pyfw({"apply", "--state-dir", path});
    EXPECT_EQ(run.status, 1) << path << run.out << run.err;
    EXPECT_THAT(run.err, HasSubstr(path));
    EXPECT_THAT(rules("INPUT"), IsEmpty());
    EXPECT_NE(pyfw({"plan", "--state-dir", path}).status, 3) << path;
  }
  EXPECT_EQ(sh("ls -A /run/ours /run/theirs | grep -v :"), "\n");
}

TEST_P(Commands, EachNamespaceHasARecordOfItsOwn) {
  sh("ip netns add blue; ip netns add red");
  wish_input("a: -j LOG");
  done({"apply", "--netns", "blue"});
  EXPECT_THAT(rules("INPUT"), IsEmpty());
  auto input_in = [&](const std::string& name) {
    return sh("ip netns exec " + name + " iptables-save -t filter | grep '^-A' || true");
  };
  EXPECT_EQ(input_in("blue"), "-A INPUT -m comment --comment a -j LOG\n");
  EXPECT_THAT(done({"snapshots"}).out, HasSubstr("No snapshot was made yet."));
  EXPECT_THAT(done({"snapshots", "--netns", "blue"}).out, HasSubstr("/name-blue/ID"));
  done({"apply", "--netns", "/run/netns/red"});
  EXPECT_EQ(input_in("red"), "-A INPUT -m comment --comment a -j LOG\n");
  EXPECT_THAT(sh("ls /var/lib/pyfw"), HasSubstr("name-blue\nname-red\n"));
  // What goes from one stays in the other.
  wish("pyfw_wishes: {}");
  sh(fmt::format(
      "ip netns exec red sleep 60 >/dev/null 2>&1 & pid=$!\n"
      "while [ $(readlink /proc/$pid/ns/net) = $(readlink /proc/self/ns/net) ]; do sleep 0.1; done\n"
      "{} apply --netns pid:$pid; kill $pid",
      PYFW_PROGRAM));
  EXPECT_EQ(input_in("red"), "");
  EXPECT_EQ(input_in("blue"), "-A INPUT -m comment --comment a -j LOG\n");
  done({"rollback", "--netns", "blue"});
  EXPECT_EQ(input_in("blue"), "");
}

TEST_P(Commands, UnknownNamespacesAreRefused) {
  wish_input("a: -j LOG");
  for (const char* name : {"none", "/run/none", "/etc/passwd", "pid:0", "pid:99999999", "pid:x", ".."}) {
    auto run = pyfw({"apply", "--netns", name});
    EXPECT_THAT(run.status, testing::AnyOf(1, 2)) << name;
    EXPECT_THAT(run.err, HasSubstr("error: ")) << name;
  }
  EXPECT_THAT(rules("INPUT"), IsEmpty());
}

PYFW_ON_BOTH_BACKENDS(Commands);

}  // namespace
}  // namespace pyfw::netns
