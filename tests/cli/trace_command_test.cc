// `pyfw trace` on a state document: what becomes of packets, in words.

#include "show/schema_for_tests.h"
#include "traced.h"

namespace pyfw::cli {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

using TraceCommand = TracedTest;

std::string read_document(const std::string& name) { return golden("../../docs/" + name); }

TEST_F(TraceCommand, SaysWhatRuleRefusesAndNamesItsWish) {
  EXPECT_EQ(verdict("192.168.122.66", "192.168.122.190:8000"),
            "refused by filter DOCKER 1, allowed_hosts_only: ! -i docker0 -o docker0 -m set ! --match-set "
            "allowed_hosts src -j REJECT --reject-with icmp-port-unreachable");
}

TEST_F(TraceCommand, SaysWhatPolicyDrops) {
  EXPECT_EQ(verdict("192.168.122.66", "192.168.122.190:23"), "dropped by the policy DROP of filter INPUT");
}

TEST_F(TraceCommand, SaysWhatRuleAcceptsAndWhoListens) {
  EXPECT_EQ(verdict("192.168.122.66", "192.168.122.190:22"),
            "works: accepted by filter INPUT 2, allow_ssh: -p tcp -m tcp --dport 22 -j ACCEPT; sshd listens");
}

TEST_F(TraceCommand, SaysThatNothingListens) {
  EXPECT_THAT(verdict("container:web", "172.17.0.1:9000"),
              StartsWith("refused: nothing listens on port 9000/tcp"));
}

TEST_F(TraceCommand, FollowsThePacketHookByHookAndTheAnswerBack) {
  auto run = trace("192.168.122.193", "192.168.122.190:8000");
  EXPECT_EQ(run.status, 0);
  EXPECT_EQ(run.err, "");
  EXPECT_EQ(run.out, R"(192.168.122.193 to 192.168.122.190:8000/tcp

request: 192.168.122.193:50000 to 192.168.122.190:8000, comes in by eth0, NEW
PREROUTING
  nat PREROUTING 1  -m addrtype --dst-type LOCAL -j DOCKER
                    (DOCKER is Docker's: published ports, DNAT to their containers)
  nat DOCKER 2      ! -i docker0 -p tcp -m tcp --dport 8000 -j DNAT --to-destination 172.17.0.2:80
  becomes           192.168.122.193:50000 to 172.17.0.2:80
  routed            by docker0
FORWARD
  filter FORWARD 2                   -j DOCKER-USER
                                     (DOCKER-USER is yours: Docker makes it, and leaves its rules alone)
  filter DOCKER-USER 1               -j RETURN
  filter FORWARD 3                   -j DOCKER-ISOLATION-STAGE-1
                                     (DOCKER-ISOLATION-STAGE-1 is Docker's: keeps its networks apart; here, what leaves one of them)
  filter DOCKER-ISOLATION-STAGE-1 2  -j RETURN
  filter FORWARD 5                   -o docker0 -j DOCKER
                                     (DOCKER is Docker's: what the published ports let in to the containers)
  filter DOCKER 2                    -d 172.17.0.2/32 ! -i docker0 -o docker0 -p tcp -m tcp --dport 80 -j ACCEPT
leaves by docker0

answer: 172.17.0.2:80 to 192.168.122.193:50000, comes in by veth1, ESTABLISHED
PREROUTING
  routed  by eth0
FORWARD
  filter FORWARD 1  allow_established: -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
POSTROUTING
  becomes  192.168.122.190:8000 to 192.168.122.193:50000, as the connection's first packet was translated
leaves by eth0

works: accepted by filter DOCKER 2, -d 172.17.0.2/32 ! -i docker0 -o docker0 -p tcp -m tcp --dport 80 -j ACCEPT; web listens
)");
}

TEST_F(TraceCommand, VerboseShowsAlsoWhatDidNotMatch) {
  auto brief = trace("192.168.122.66", "192.168.122.190:22").out;
  EXPECT_THAT(brief, Not(HasSubstr("allow_established")));
  auto whole = trace("192.168.122.66", "192.168.122.190:22", {"-v"}).out;
  EXPECT_THAT(whole,
              HasSubstr("filter INPUT 1  allow_established: -m conntrack --ctstate RELATED,ESTABLISHED"));
}

TEST_F(TraceCommand, StateAndMarkAndPortsMakeAnotherPacket) {
  EXPECT_THAT(trace("192.168.122.66", "192.168.122.190:23", {"--state", "ESTABLISHED"}).out,
              HasSubstr("  filter INPUT 1  allow_established: "));
  EXPECT_THAT(trace("192.168.122.66", "192.168.122.190:22", {"--sport", "1234"}).out,
              HasSubstr("192.168.122.66:1234 to 192.168.122.190:22"));
  EXPECT_EQ(verdict("192.168.122.66", "192.168.122.190/icmp", {"--icmp-type", "timestamp-request"}),
            "dropped by the policy DROP of filter INPUT");
}

TEST_F(TraceCommand, PlannedIsWithTheWishesFulfilled) {
  write("wishes.yaml",
        "pyfw_wishes:\n  iptables:\n    filter:\n      INPUT:\n        rules:\n"
        "        - allow_telnet: -p tcp --dport 23 -j ACCEPT\n");
  EXPECT_EQ(verdict("192.168.122.66", "192.168.122.190:23"), "dropped by the policy DROP of filter INPUT");
  EXPECT_THAT(verdict("192.168.122.66", "192.168.122.190:23", {"--planned", "--wishes", "wishes.yaml"}),
              StartsWith("refused: nothing listens on port 23/tcp"));
}

TEST_F(TraceCommand, EachOfSeveralFlowsIsTold) {
  auto run = trace("set:allowed_hosts", "192.168.122.190:8000-8001");
  EXPECT_THAT(run.out, StartsWith("192.168.122.193 to 192.168.122.190:8000/tcp\n"));
  EXPECT_THAT(run.out, HasSubstr("\n\n192.168.122.193 to 192.168.122.190:8001/tcp\n"));
}

TEST_F(TraceCommand, JsonIsAsItsSchemaSays) {
  for (const char* from : {"192.168.122.66", "192.168.122.193", "host", "container:web"}) {
    auto run = trace(from, "192.168.122.190:8000", {"--format", "json"});
    EXPECT_EQ(run.status, 0) << run.err;
    EXPECT_THAT(violations(run.out, read_document("trace.schema.json")), IsEmpty()) << run.out;
  }
}

TEST_F(TraceCommand, ControlCharactersOfForeignRulesAreShownAsText) {
  write("state.yaml",
        replaced(traced_state(), "--comment allow_ssh -j ACCEPT\n        - -s",
                 "--comment allow_ssh -j ACCEPT\n        - \"-m comment --comment \\\"a\\x1b[2Jb\\\" "
                 "-j ACCEPT\"\n        - -s"));
  auto run = trace("192.168.122.66", "192.168.122.190:8022");
  EXPECT_THAT(run.out, HasSubstr("a\\x1b[2Jb"));
  EXPECT_THAT(run.out, Not(HasSubstr("\x1b")));
}

struct BadEnd {
  const char* name;
  const char* from;
  const char* to;
  const char* error;
};
void PrintTo(const BadEnd& end, std::ostream* out) { *out << end.name; }

class BadEnds : public TracedTest, public testing::WithParamInterface<BadEnd> {};

TEST_P(BadEnds, AreRefusedWithACaret) {
  auto run = trace(GetParam().from, GetParam().to);
  EXPECT_EQ(run.err, GetParam().error);
  EXPECT_EQ(run.out, "");
  EXPECT_EQ(run.status, 2);
}

INSTANTIATE_TEST_SUITE_P(
    Each, BadEnds,
    testing::Values(
        BadEnd{"MisspeltWord", "hots", "192.168.122.190:22",
               "--from:1:1: error: 'hots' is no endpoint\n    1 | hots\n      | ^~~~\n   did you mean "
               "'host'?\n"},
        BadEnd{
            "UnknownContainer", "container:wbe", "192.168.122.190:22",
            "--from:1:11: error: no container is called 'wbe'\n    1 | container:wbe\n      |           ^~~\n"
            "   did you mean 'web'?\n"},
        BadEnd{"UnknownSet", "set:allowed_host", "192.168.122.190:22",
               "--from:1:5: error: no set is called 'allowed_host'\n    1 | set:allowed_host\n"
               "      |     ^~~~~~~~~~~~\n   did you mean 'allowed_hosts'?\n"},
        BadEnd{"MissingPort", "host", "192.168.122.190",
               "--to:1:1: error: the port is missing: tcp is asked port by port\n    1 | 192.168.122.190\n"
               "      | ^~~~~~~~~~~~~~~\n   192.168.122.190:443, or 192.168.122.190/icmp\n"},
        BadEnd{"BadProtocol", "host", "192.168.122.190:22/tpc",
               "--to:1:20: error: 'tpc' is no protocol\n    1 | 192.168.122.190:22/tpc\n"
               "      |                    ^~~\n   did you mean 'tcp'?\n"},
        BadEnd{"NoWayBack", "2001:db8::7", "[2001:db8::1]:22",
               "--from:1:1: error: no route leads back to 2001:db8::7, so nobody knows where it comes in\n"
               "    1 | 2001:db8::7\n      | ^~~~~~~~~~~\n   say by which interface: 2001:db8::7@eth0\n"},
        BadEnd{
            "Everyone", "any", "192.168.122.190:22",
            "--from:1:1: error: 'any' stands for more addresses than can be asked one by one\n    1 | any\n"
            "      | ^~~\n   name single addresses, or a set of them; `pyfw who` tells of everybody\n"}),
    [](const auto& end) { return end.param.name; });

TEST_F(TraceCommand, NeedsBothEnds) {
  auto run = pyfw({"trace", "--use-state", "state.yaml", "--from", "host"});
  EXPECT_EQ(run.status, 2);
  EXPECT_THAT(run.err, HasSubstr("--to is required"));
}

}  // namespace
}  // namespace pyfw::cli
