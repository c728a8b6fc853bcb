// `pyfw check`, and what `pyfw plan` says of expectations, on a state document.

#include "show/schema_for_tests.h"
#include "traced.h"

namespace pyfw::cli {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

using CheckCommand = TracedTest;

constexpr const char* kHost2 =
    "  - host2 reaches nginx: { from: 192.168.122.193, to: '192.168.122.190:8000', is: works }\n";
constexpr const char* kOthers =
    "  - others: { from: [192.168.122.66, 192.168.122.67], to: '192.168.122.190:8000', is: refused }\n";
constexpr const char* kWrong = "  - telnet: { from: 192.168.122.66, to: '192.168.122.190:23', is: works }\n";
constexpr const char* kUnknown =
    "  - unknown: { from: 'container:wbe', to: '192.168.122.190:23', is: works }\n";

std::string read_document(const std::string& name) { return golden("../../docs/" + name); }

TEST_F(CheckCommand, WhatHoldsHasATick) {
  auto run = check(std::string(kHost2) + kOthers);
  EXPECT_EQ(run.out,
            "✓ host2 reaches nginx  works\n"
            "✓ others               refused\n"
            "\n"
            "2 of 2 expectations hold.\n");
  EXPECT_EQ(run.err, "");
  EXPECT_EQ(run.status, 0);
}

TEST_F(CheckCommand, WhatFailsHasACrossAndTheDecidingRule) {
  auto run = check(
      std::string(kHost2) + kWrong +
      "  - everybody: { from: [192.168.122.66, 192.168.122.193], to: '192.168.122.190:8000', is: works }\n");
  EXPECT_EQ(
      run.out,
      "✓ host2 reaches nginx  works\n"
      "✗ telnet               works was expected\n"
      "    192.168.122.66 to 192.168.122.190:23/tcp: dropped by the policy DROP of filter INPUT\n"
      "✗ everybody            works was expected\n"
      "    192.168.122.66 to 192.168.122.190:8000/tcp: refused by filter DOCKER 1, allowed_hosts_only: ! -i "
      "docker0 -o docker0 -m set ! --match-set allowed_hosts src -j REJECT --reject-with "
      "icmp-port-unreachable\n"
      "\n"
      "1 of 3 expectations holds.\n");
  EXPECT_EQ(run.status, 3);
}

TEST_F(CheckCommand, WhatDependsIsNoTick) {
  write("state.yaml", replaced(traced_state(), "-p tcp -m tcp --dport 22 -m comment",
                               "-p tcp -m tcp --dport 22 -m limit --limit 3/min -m comment"));
  auto run = check("  - ssh: { from: 192.168.122.66, to: '192.168.122.190:22', is: works }\n");
  EXPECT_THAT(run.out, HasSubstr("? ssh  works was expected\n"));
  EXPECT_THAT(run.out, HasSubstr("depends on -m limit --limit 3/min"));
  EXPECT_EQ(run.status, 3);
}

TEST_F(CheckCommand, NamesThatLeadNowhereAreToldAtTheirPlace) {
  auto run = check(kUnknown);
  EXPECT_EQ(run.out,
            "? unknown  works was expected; can't be answered: no container is called 'wbe'\n"
            "\n"
            "0 of 1 expectation hold.\n");
  EXPECT_EQ(run.err,
            "wishes.yaml:3:33: warning: no container is called 'wbe'\n"
            "    3 |   - unknown: { from: 'container:wbe', to: '192.168.122.190:23', is: works }\n"
            "      |                                 ^~~\n"
            "   did you mean 'web'?\n");
  EXPECT_EQ(run.status, 3);
}

TEST_F(CheckCommand, WithoutExpectationsThereIsNothingToFail) {
  write("wishes.yaml", "pyfw_wishes: {}\n");
  auto run = pyfw({"check", "--use-state", "state.yaml", "--wishes", "wishes.yaml"});
  EXPECT_EQ(run.out, "No expectations in these wishes.\n");
  EXPECT_EQ(run.status, 0);
}

TEST_F(CheckCommand, JsonIsAsItsSchemaSays) {
  auto run = check(std::string(kHost2) + kOthers + kWrong + kUnknown, {"--format", "json"});
  EXPECT_THAT(violations(run.out, read_document("check.schema.json")), IsEmpty()) << run.out;
  EXPECT_THAT(run.out, HasSubstr(R"("standing": "fails")"));
  EXPECT_THAT(run.out, HasSubstr(R"("standing": "unanswered")"));
  EXPECT_EQ(run.status, 3);
}

TEST_F(CheckCommand, JunitHasATestCaseForEach) {
  auto run = check(
      std::string(kHost2) + kWrong + kUnknown +
          "  - \"a <b> & 'c' \\\"d\\\"\": { from: 192.168.122.66, to: '192.168.122.190:22', is: works }\n",
      {"--format", "junit"});
  EXPECT_EQ(run.out,
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
            "<testsuites tests=\"4\" failures=\"1\" errors=\"1\">\n"
            "  <testsuite name=\"pyfw check\" tests=\"4\" failures=\"1\" errors=\"1\">\n"
            "    <testcase name=\"host2 reaches nginx\" classname=\"expectations\" file=\"wishes.yaml\" "
            "line=\"3\"/>\n"
            "    <testcase name=\"telnet\" classname=\"expectations\" file=\"wishes.yaml\" line=\"4\">\n"
            "      <failure message=\"works was expected\">192.168.122.66 to 192.168.122.190:23/tcp: dropped "
            "by the "
            "policy DROP of filter INPUT\n</failure>\n"
            "    </testcase>\n"
            "    <testcase name=\"unknown\" classname=\"expectations\" file=\"wishes.yaml\" line=\"5\">\n"
            "      <error message=\"no container is called 'wbe'\"/>\n"
            "    </testcase>\n"
            "    <testcase name=\"a &lt;b&gt; &amp; 'c' &quot;d&quot;\" classname=\"expectations\" "
            "file=\"wishes.yaml\" line=\"6\"/>\n"
            "  </testsuite>\n"
            "</testsuites>\n");
  EXPECT_EQ(run.status, 3);
}

TEST_F(CheckCommand, ProbesNeedALiveHost) {
  auto run = check(kHost2, {"--probe"});
  EXPECT_EQ(run.status, 2);
  EXPECT_THAT(run.err, HasSubstr("--probe sends packets on a live host"));
}

class PlanOfExpectations : public TracedTest {
 protected:
  [[nodiscard]] Outcome plan(const std::string& rules, const std::string& expectations,
                             std::vector<std::string> more = {}) const {
    write("wishes.yaml", "pyfw_wishes:\n  iptables:\n    filter:\n      INPUT:\n        rules:\n" + rules +
                             "  expectations:\n" + expectations);
    std::vector<std::string> arguments = {"plan", "--use-state", "state.yaml", "--wishes", "wishes.yaml"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return pyfw(arguments);
  }
};

constexpr const char* kSsh = "  - ssh: { from: 192.168.122.66, to: '192.168.122.190:22', is: works }\n";
constexpr const char* kNoSsh = "        - no_ssh: -p tcp --dport 22 -j DROP\n";

TEST_F(PlanOfExpectations, ShowsWhatEachWasAndWillBe) {
  auto run = plan(kNoSsh, std::string(kSsh) + kHost2 + kWrong);
  EXPECT_THAT(
      run.out,
      testing::EndsWith(
          "\nPlan: 1 rule new.\n"
          "\n"
          "New connections, and open ones:\n"
          "  tcp from anywhere by eth0, docker0 to host:22: works → dropped\n"
          "  tcp from the host itself to host, 127.0.0.0/8, port 22: works → dropped\n"
          "\n"
          "✓→✗ ssh: works was expected\n"
          "    192.168.122.66 to 192.168.122.190:22/tcp: dropped by filter INPUT 1, no_ssh: -p tcp -m "
          "tcp --dport 22 -j DROP\n"
          "✗ telnet: works was expected\n"
          "    192.168.122.66 to 192.168.122.190:23/tcp: dropped by the policy DROP of filter INPUT\n"
          "3 expectations: 2 fulfilled before, 1 after.\n"));
  EXPECT_EQ(run.status, 3);
}

TEST_F(PlanOfExpectations, OnesThatHoldAreOnlyCounted) {
  auto run = plan("        - allow_ssh: -p tcp --dport 22 -j ACCEPT\n", std::string(kSsh) + kHost2);
  EXPECT_THAT(run.out, testing::EndsWith("\n2 expectations: fulfilled before and after.\n"));
}

TEST_F(PlanOfExpectations, JsonHasThemAsItsSchemaSays) {
  auto run = plan(kNoSsh, std::string(kSsh) + kHost2, {"--format", "json"});
  EXPECT_THAT(violations(run.out, read_document("plan.schema.json")), IsEmpty()) << run.out;
  EXPECT_THAT(run.out, HasSubstr(R"("after": "fails")"));
  EXPECT_THAT(run.out, HasSubstr(R"("to": "host")"));
}

TEST_F(PlanOfExpectations, WithoutFactsNothingIsSaidOfFlows) {
  write("none.save", "*filter\n:INPUT ACCEPT [0:0]\nCOMMIT\n");
  write("wishes.yaml",
        std::string("pyfw_wishes:\n  iptables:\n    filter:\n      INPUT:\n        rules:\n") + kNoSsh);
  auto run = pyfw({"plan", "--iptables-save", "none.save", "--wishes", "wishes.yaml"});
  EXPECT_THAT(run.out, testing::EndsWith("\nPlan: 1 rule new.\n"));
}

TEST_F(PlanOfExpectations, ClassicFlagsDontAskThem) {
  write("wishes.yaml", std::string("pyfw_wishes:\n  iptables:\n    filter:\n      INPUT:\n        rules:\n") +
                           kNoSsh + "  expectations:\n" + kSsh);
  auto run = pyfw({"--wishes", "wishes.yaml", "--use-state", "state.yaml"});
  EXPECT_EQ(run.status, 0);
  EXPECT_THAT(run.out, HasSubstr("-I INPUT 1 -p tcp -m tcp --dport 22 -m comment --comment no_ssh -j DROP"));
  EXPECT_EQ(run.err, "");
}

}  // namespace
}  // namespace pyfw::cli
