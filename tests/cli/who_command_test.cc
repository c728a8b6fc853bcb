// `pyfw who` on state documents.

#include "show/schema_for_tests.h"
#include "traced.h"

namespace pyfw::cli {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class WhoCommand : public TracedTest {
 protected:
  [[nodiscard]] Outcome who(std::vector<std::string> more) const {
    std::vector<std::string> arguments = {"who", "--use-state", "state.yaml"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return pyfw(arguments);
  }
};

TEST_F(WhoCommand, NamesThoseWhoReachAnEndpoint) {
  auto run = who({"192.168.122.190:8000"});
  EXPECT_EQ(run.out,
            "192.168.122.190:8000/tcp\n"
            "  from set:allowed_hosts  by eth0\n"
            "  from 172.17.0.0/24  by docker0\n"
            "  from the host itself\n");
  EXPECT_EQ(run.err, "");
  EXPECT_EQ(run.status, 0);
}

TEST_F(WhoCommand, AloneListsAllServices) {
  EXPECT_EQ(who({}).out,
            "host:22/tcp  sshd\n"
            "  at 192.168.122.190, 172.17.0.1\n"
            "  from anywhere  by eth0\n"
            "  from network bridge  by docker0\n"
            "  from the host itself\n"
            "\n"
            "host:8000/tcp  container web, port 80\n"
            "  at 192.168.122.190, 172.17.0.1\n"
            "  from set:allowed_hosts  by eth0\n"
            "  from 172.17.0.0/24  by docker0\n"
            "  from the host itself\n");
}

TEST_F(WhoCommand, NamesTheNetworksOfTheWishes) {
  write("wishes.yaml", R"(pyfw_wishes:
  vars:
    bridge_part: 172.17.0.0/24
    ssh_port: 22
)");
  EXPECT_EQ(who({"192.168.122.190:8000", "--wishes", "wishes.yaml"}).out,
            "192.168.122.190:8000/tcp\n"
            "  from set:allowed_hosts  by eth0\n"
            "  from ${bridge_part}  by docker0\n"
            "  from the host itself\n");
  EXPECT_THAT(who({"192.168.122.190:8000", "--wishes", "wishes.yaml", "--planned"}).out,
              HasSubstr("  from ${bridge_part}  by docker0\n"));
  auto broken = who({"192.168.122.190:8000", "--wishes", "none.yaml"});
  EXPECT_THAT(broken.err, HasSubstr("none.yaml"));
  EXPECT_NE(broken.status, 0);
}

TEST_F(WhoCommand, SaysNobodyWhereNobodyDoes) {
  EXPECT_THAT(who({"192.168.122.190:9000"}).out, HasSubstr("  nobody\n"));
}

TEST_F(WhoCommand, VerboseSaysByWhichRuleAndWhatIsAssumed) {
  auto out = who({"192.168.122.190:22", "-v"}).out;
  EXPECT_THAT(out, HasSubstr("works: accepted by filter INPUT 2, allow_ssh"));
  EXPECT_THAT(out, HasSubstr("Assumed: a connection's first packet"));
}

TEST_F(WhoCommand, JsonIsAsItsSchemaSays) {
  for (const auto& asked : {std::vector<std::string>{}, {"container:web:80"}, {"192.168.122.190:9000"}}) {
    auto arguments = asked;
    arguments.insert(arguments.end(), {"--format", "json"});
    auto run = who(arguments);
    EXPECT_THAT(violations(run.out, golden("../../docs/who.schema.json")), IsEmpty()) << run.out;
  }
}

TEST_F(WhoCommand, PointsIntoAnEndpointThatIsWrong) {
  auto run = who({"container:wbe:80"});
  EXPECT_EQ(run.status, 2);
  EXPECT_EQ(run.err,
            "ENDPOINT:1:11: error: no container is called 'wbe'\n"
            "    1 | container:wbe:80\n"
            "      |           ^~~\n"
            "   did you mean 'web'?\n");
  EXPECT_THAT(who({"192.168.122.190"}).err, HasSubstr("the port is missing"));
}

TEST_F(WhoCommand, WithoutFactsItSaysWhatIsMissing) {
  write("rules", "*filter\n:INPUT ACCEPT [0:0]\n:FORWARD ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\nCOMMIT\n");
  auto run = pyfw({"who", "--iptables-save", "rules", "192.0.2.1:80"});
  EXPECT_EQ(run.status, 1);
  EXPECT_THAT(run.err, HasSubstr("nobody knows by which interfaces packets come in here"));
}

// Docker's NAT is IPv4's alone: by IPv6 docker-proxy takes the connections, and the container sees the
// bridge's gateway. Nobody has told pyfw of that.
class UserlandProxy : public TracedTest {
 protected:
  UserlandProxy() {
    auto state = replaced(traced_state(), "[192.168.122.190/24]", "[192.168.122.190/24, '2001:db8::190/64']");
    state = replaced(state, "    settings:\n",
                     "    - {to: '2001:db8::/64', interface: eth0, metric: 0}\n"
                     "    - {to: '::/0', via: '2001:db8::1', interface: eth0, metric: 0}\n"
                     "    settings:\n");
    state =
        replaced(state, "    docker:\n",
                 "    - {protocol: tcp, address: '::', port: 8000, program: docker-proxy}\n    docker:\n");
    write("state.yaml", state);
  }
};

TEST_F(UserlandProxy, LeavesThePublishedPortOpenInIpv6ThoughIpv4IsClosed) {
  auto out = pyfw({"who", "--use-state", "state.yaml"}).out;
  EXPECT_THAT(out, HasSubstr("host:8000/tcp  container web, port 80\n"
                             "  at 192.168.122.190, 172.17.0.1\n"
                             "  from set:allowed_hosts  by eth0\n"));
  EXPECT_THAT(out, HasSubstr("  at 2001:db8::190\n"
                             "  from anywhere  by eth0\n"));
}

TEST_F(UserlandProxy, RefutesThatOthersAreKeptOut) {
  auto run = check(
      "  - by ipv4: { from: 'not set:allowed_hosts@eth0', to: '192.168.122.190:8000', is: not works }\n"
      "  - by ipv6: { from: any, to: '[2001:db8::190]:8000', is: not works }\n"
      "  - at all: { from: { any@eth0, except: ['set:allowed_hosts'] }, to: 'host:8000', is: not works }\n");
  EXPECT_EQ(run.status, 3);
  EXPECT_THAT(run.out, HasSubstr("✓ by ipv4  not works, proved\n"));
  EXPECT_THAT(run.out, HasSubstr("✗ by ipv6  not works was expected, refuted by\n    2001:db8::42 to "
                                 "[2001:db8::190]:8000/tcp: works"));
  EXPECT_THAT(run.out, HasSubstr("✗ at all   not works was expected, refuted by\n"));
  EXPECT_THAT(run.out, HasSubstr("docker-proxy"));
}

// The tutorial's goals, on hosts that were recorded with a real Docker: before pyfw, after it, and after
// Docker has started anew.
struct Goal {
  const char* host;
  const char* others;
  const char* network;
};

class GoalsOfTutorial : public CliTest, public testing::WithParamInterface<Goal> {};

TEST_P(GoalsOfTutorial, AreProvedOrRefuted) {
  write("state.yaml", golden(std::string("../lab/recorded/") + GetParam().host + ".yaml"));
  write("wishes.yaml",
        "pyfw_wishes:\n"
        "  ipsets: { allowed_hosts: { type: 'hash:ip', members_equal: [192.168.122.193] } }\n"
        "  expectations:\n"
        "  - others:     { from: { any@eth0, except: [192.168.122.193] }, to: '192.168.122.190:8000', is: "
        "refused }\n"
        "  - network:    { from: 172.17.0.0/16, to: '172.17.0.1:8000', is: works }\n"
        "  - containers: { from: 'network:bridge', to: '172.17.0.1:8000', is: works }\n"
        "  - host2:      { from: 192.168.122.193, to: '192.168.122.190:8000', is: works }\n");
  auto run = pyfw({"check", "--use-state", "state.yaml", "--wishes", "wishes.yaml"});
  EXPECT_THAT(run.out, HasSubstr(GetParam().others));
  EXPECT_THAT(run.out, HasSubstr(GetParam().network));
  EXPECT_THAT(run.out, HasSubstr("✓ containers  works\n"));
  EXPECT_THAT(run.out, HasSubstr("✓ host2       works\n"));
}

INSTANTIATE_TEST_SUITE_P(
    Of, GoalsOfTutorial,
    testing::Values(Goal{.host = "plain",
                         .others = "✗ others      refused was expected, refuted by\n    192.168.122.66 to",
                         .network = "✓ network     works, proved\n"},
                    Goal{.host = "applied",
                         .others = "✓ others      refused, proved\n",
                         .network = "✗ network     works was expected, refuted by\n"},
                    Goal{.host = "restarted",
                         .others = "✗ others      refused was expected, refuted by\n    192.168.122.66 to",
                         .network = "✗ network     works was expected, refuted by\n"}),
    [](const auto& goal) { return std::string(goal.param.host); });

}  // namespace
}  // namespace pyfw::cli
