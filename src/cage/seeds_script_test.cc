// A script as people have it, word for word.

#include <algorithm>

#include "cage/cage_for_tests.h"
#include "cage/dockers_chains.h"
#include "cage/lost_rules.h"
#include "cage/network.h"

namespace pyfw {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

class DockerUserScript : public OnCageHost {
 protected:
  static CagedRun run(const InterfaceNames& renamed) {
    std::ifstream file(PYFW_SOURCE_DIR "/tests/golden/scripts/docker-user.sh");
    auto host = cage_host();
    host.start = dockers_chains(host.facts);
    host.renamed = renamed;
    return expect(
        run_caged({.path = "/etc/firewall.sh", .text = {std::istreambuf_iterator<char>(file), {}}}, host));
  }

  static std::vector<Rule> rules(const CagedRun& run, const char* chain) {
    return find_chain(run.state.iptables, "filter", chain)->rules;
  }
};

TEST_F(DockerUserScript, LeavesItsRulesAboveDockers) {
  auto left = run({});
  // It backs up what this host does not have.
  EXPECT_EQ(left.output, "cp: cannot stat '/etc/iptablesRule.v4': No such file or directory\n");
  EXPECT_EQ(left.status, 0);
  EXPECT_THAT(left.masked, IsEmpty());
  EXPECT_THAT(lost_rules(dockers_chains(cage_host().facts), left.state), IsEmpty());
  EXPECT_EQ(rules(left, "INPUT").size(), 10);
  ASSERT_EQ(rules(left, "DOCKER-USER").size(), 6);
  EXPECT_EQ(rules(left, "DOCKER-USER")[3].text, "-i eth0 -j DROP");
}

TEST_F(DockerUserScript, OtherNameOfTheInterfaceIsTheOnlyDifference) {
  auto names = other_names(cage_host().facts, "");
  auto first = run({});
  auto second = run(names);
  EXPECT_EQ(rules(first, "INPUT"), rules(second, "INPUT"));
  auto expected = rules(first, "DOCKER-USER");
  expected[3] = Rule{"-i eth70 -j DROP"};
  EXPECT_EQ(rules(second, "DOCKER-USER"), expected);
}

}  // namespace
}  // namespace pyfw
