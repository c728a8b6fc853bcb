// What an apply refuses to do by accident: expectations that become false, and its owner's own way in.

#include <fmt/format.h>

#include "over_connection.h"

namespace pyfw::netns {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class OwnConnection : public OverConnection {
 protected:
  // `pyfw apply` over that connection.
  static std::string apply_over(const Fd& connection, const std::string& options = {},
                                const std::string& before = {}) {
    return ask(connection, fmt::format("{}{} apply{}", before, PYFW_PROGRAM, options));
  }
};
INSTANTIATE_TEST_SUITE_P(On, OwnConnection, testing::Values(lab::Backend::kNft), backend_name);

TEST_P(OwnConnection, ApplyThatWouldShutItIsRefusedAndNothingIsChanged) {
  auto own = connect(kOldPort);
  auto before_it = rules_and_sets() + record();
  // sudo and its like take the environment away.
  for (const char* before : {"", "env -i ", "setsid -w env -i "}) {
    auto answer = apply_over(own, "", before);
    EXPECT_THAT(answer,
                HasSubstr("the connection over which this was started, 192.168.122.193 to "
                          "192.168.122.190:22/tcp, would not be let in any more: dropped by the policy DROP "
                          "of filter INPUT"))
        << before;
    EXPECT_THAT(answer, HasSubstr("status=1"));
    EXPECT_EQ(rules_and_sets() + record(), before_it);
    EXPECT_FALSE(pending());
  }
}

TEST_P(OwnConnection, ForceInsists) {
  auto own = connect(kOldPort);
  auto answer = apply_over(own, " --force");
  EXPECT_THAT(answer, HasSubstr("status=0"));
  EXPECT_THAT(answer, HasSubstr("if it had to be opened anew: dropped by the policy DROP of filter INPUT"));
  EXPECT_FALSE(connect(kOldPort, 1'000).valid());
}

TEST_P(OwnConnection, ConfirmWithinIsAWayBack) {
  auto own = connect(kOldPort);
  EXPECT_THAT(apply_over(own, std::string(" --confirm-within ") + kForever), HasSubstr("status=0"));
  EXPECT_TRUE(pending());
}

TEST_P(OwnConnection, ClassicApplyNeverRefuses) {
  auto own = connect(kOldPort);
  EXPECT_THAT(ask(own, std::string(PYFW_PROGRAM) + " --apply 2>&1"), HasSubstr("status=0"));
}

TEST_P(OwnConnection, OneThatIsStillLetInIsNoReasonToRefuse) {
  wish(R"(
pyfw_wishes:
  iptables:
    filter:
      INPUT:
        default_action: DROP
        rules:
        - allow_old: -p tcp --dport 22 -j ACCEPT
        - drop_telnet: -p tcp --dport 23 -j DROP
)");
  auto answer = apply_over(connect(kOldPort));
  EXPECT_THAT(answer, AllOf(HasSubstr("status=0"), Not(HasSubstr("opened anew"))));
}

TEST_P(OwnConnection, OneThatDependsIsWarnedOf) {
  wish(R"(
pyfw_wishes:
  iptables:
    filter:
      INPUT:
        default_action: DROP
        rules:
        - allow_old: -p tcp --dport 22 -m limit --limit 3/min -j ACCEPT
)");
  auto answer = apply_over(connect(kOldPort));
  EXPECT_THAT(answer, HasSubstr("if it had to be opened anew: depends on -m limit --limit 3/min"));
  EXPECT_THAT(answer, HasSubstr("status=0"));
}

TEST_P(OwnConnection, OneIntoAnotherNamespaceHasNothingToDoWithIt) {
  sh("ip netns add other");
  auto own = connect(kOldPort);
  EXPECT_THAT(apply_over(own, " --netns other"), HasSubstr("status=0"));
  sh("ip netns delete other");
}

class Expectations : public LiveTest {
 protected:
  void SetUp() override {
    LiveTest::SetUp();
    if (IsSkipped()) return;
    sh("ip link set lo up; ip link add eth0 type veth peer name far; ip link set eth0 up; ip link set far "
       "up; "
       "ip addr add 192.0.2.1/24 dev eth0");
  }
  void wish_with(const std::string& rules, const std::string& is) const {
    wish("pyfw_wishes:\n  iptables:\n    filter:\n      INPUT:\n        rules:\n" + rules +
         "  expectations:\n  - ping: { from: 192.0.2.9, to: 192.0.2.1/icmp, is: " + is + " }\n");
  }
};
PYFW_ON_BOTH_BACKENDS(Expectations);

constexpr const char* kNoPing = "        - no_ping: -p icmp -j DROP\n";
constexpr const char* kNoTelnet = "        - no_telnet: -p tcp --dport 23 -j DROP\n";

TEST_P(Expectations, ApplyRefusesToMakeOneFalse) {
  wish_with(kNoPing, "works");
  auto before = save();
  auto run = pyfw({"apply"});
  EXPECT_EQ(run.status, 1);
  EXPECT_THAT(run.out,
              HasSubstr("✓→✗ ping: works was expected\n    192.0.2.9 to 192.0.2.1/icmp: dropped by filter "
                        "INPUT 1, no_ping: -p icmp -j DROP\n1 expectation: 1 fulfilled before, 0 after.\n"));
  EXPECT_THAT(run.err,
              HasSubstr("/etc/pyfw/wishes.yaml:8:5: error: the expectation 'ping' holds, and would not any "
                        "more: 192.0.2.9 to 192.0.2.1/icmp: dropped by filter INPUT 1"));
  EXPECT_THAT(run.err, HasSubstr("nothing was changed; --force applies it nevertheless"));
  EXPECT_EQ(save(), before);
  EXPECT_THAT(pyfw({"rollback"}).err, HasSubstr("pyfw: error:"))
      << "there is no snapshot of what was not done";
}

TEST_P(Expectations, ForceInsists) {
  wish_with(kNoPing, "works");
  auto run = pyfw({"apply", "--force"});
  EXPECT_EQ(run.status, 0) << run.err;
  EXPECT_THAT(run.err, HasSubstr("the expectation 'ping' becomes false"));
  EXPECT_THAT(rules("INPUT"), testing::SizeIs(1));
}

TEST_P(Expectations, OneThatBecomesTrueIsShown) {
  wish_with(kNoPing, "dropped");
  auto run = pyfw({"apply"});
  EXPECT_EQ(run.status, 0) << run.err;
  EXPECT_THAT(run.out, HasSubstr("✗→✓ ping: dropped\n1 expectation: 0 fulfilled before, 1 after.\n"));
}

TEST_P(Expectations, OneThatStaysFalseIsWarnedOf) {
  wish_with(kNoTelnet, "dropped");
  auto run = pyfw({"apply"});
  EXPECT_EQ(run.status, 0) << run.err;
  EXPECT_THAT(run.err, HasSubstr("the expectation 'ping' stays false: 192.0.2.9 to 192.0.2.1/icmp: works"));
  run = pyfw({"apply"});
  EXPECT_THAT(run.err, HasSubstr("stays false")) << "also where there is nothing to do";
}

TEST_P(Expectations, CheckAsksTheLiveHost) {
  wish_with(kNoPing, "dropped");
  EXPECT_EQ(pyfw({"check"}).status, 3);
  EXPECT_EQ(pyfw({"apply"}).status, 0);
  auto run = pyfw({"check"});
  EXPECT_EQ(run.out, "✓ ping  dropped\n\n1 of 1 expectation holds.\n");
  EXPECT_EQ(run.status, 0);
}

TEST_P(Expectations, ClassicFlagsNeverRefuse) {
  wish_with(kNoPing, "works");
  EXPECT_EQ(pyfw({"--apply"}).status, 0);
  EXPECT_THAT(rules("INPUT"), testing::SizeIs(1));
}

}  // namespace
}  // namespace pyfw::netns
