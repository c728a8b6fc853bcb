// `pyfw import SCRIPT` on a host: what a firewall script would put up there becomes wishes, and the host
// stays as it is.

#include "live.h"

namespace pyfw::netns {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

// In /run, which is the host's own; its /root is the machine's.
class ImportScript : public LiveTest {
 protected:
  void SetUp() override {
    LiveTest::SetUp();
    if (IsSkipped()) return;
    sh("ip link add wan0 type bridge; ip link set wan0 up; ip addr add 192.0.2.2/24 dev wan0; "
       "ip route add default via 192.0.2.1");
  }

  [[nodiscard]] Outcome import_of(const std::string& script) const {
    EXPECT_TRUE(host().write_file("/run/firewall.sh", script));
    return pyfw({"import", "/run/firewall.sh"});
  }
};

TEST_P(ImportScript, InterfaceThatItFindsByTheDefaultRouteIsAVariable) {
  auto before = sh("iptables-save | grep -v '^#' || true");
  sh("cp " PYFW_SOURCE_DIR "/tests/golden/scripts/docker-user.sh /run/docker-user.sh");
  auto run = pyfw({"import", "/run/docker-user.sh", "--output", "/run/wishes.yaml"});
  ASSERT_EQ(run.status, 0) << run.err;
  EXPECT_THAT(run.err, HasSubstr("cp: cannot stat '/etc/iptablesRule.v4'"));
  auto wishes = sh("cat /run/wishes.yaml");
  EXPECT_THAT(wishes, AllOf(HasSubstr("-i ${external_interface} -j DROP"), HasSubstr("51.15.223.6/32"),
                            Not(HasSubstr("wan")), Not(HasSubstr("DOCKER-ISOLATION-STAGE-1\n"))));
  EXPECT_EQ(sh("iptables-save | grep -v '^#' || true"), before);
  EXPECT_THAT(sh("ls /etc/iptablesRule.v4 2>/dev/null || true"), IsEmpty());
  // Where the wishes are fulfilled, nothing more is to do.
  auto applied = pyfw({"apply", "--wishes", "/run/wishes.yaml"});
  ASSERT_EQ(applied.status, 0) << applied.err;
  EXPECT_THAT(rules("DOCKER-USER"), testing::Contains(HasSubstr("-i wan0")));
  EXPECT_EQ(pyfw({"plan", "--wishes", "/run/wishes.yaml"}).status, 0);
}

TEST_P(ImportScript, InterfaceThatItNamesItselfStays) {
  auto run = import_of("iptables -A INPUT -i wan0 -p tcp --dport 22 -j ACCEPT\niptables -P INPUT DROP\n");
  EXPECT_EQ(run.status, 0) << run.err;
  EXPECT_THAT(run.out, AllOf(HasSubstr("-i wan0 -p tcp"), HasSubstr("default_action: DROP")));
}

TEST_P(ImportScript, ArgumentsAreTheScripts) {
  auto idle = import_of(
      "#!/bin/sh\ncase $1 in\nstart) iptables -P INPUT DROP; iptables -A INPUT -p tcp --dport $2 -j "
      "ACCEPT;;\n"
      "*) echo \"Usage: $0 start\"; exit 1;;\nesac\n");
  EXPECT_EQ(idle.status, 0);
  EXPECT_THAT(idle.err, HasSubstr("leaves nothing to wish for; if it wants an argument: pyfw import "
                                  "/run/firewall.sh start\n"));
  auto run = pyfw({"import", "/run/firewall.sh", "start", "22", "--output", "/run/wishes.yaml"});
  EXPECT_EQ(run.status, 0);
  EXPECT_EQ(run.err, "wrote /run/wishes.yaml\n");
  EXPECT_THAT(sh("cat /run/wishes.yaml"),
              AllOf(HasSubstr("default_action: DROP"), HasSubstr("allow_tcp_22: ")));
  auto dashed = pyfw({"import", "/run/firewall.sh", "--", "--fast"});
  EXPECT_THAT(dashed.err, HasSubstr("Usage"));
}

TEST_P(ImportScript, WhereNobodyAnswersThatIsTheReasonAndNoArgument) {
  auto run =
      import_of("#!/bin/sh\niptables -A INPUT -i lo -j ACCEPT\nread answer || { iptables -F; exit 0; }\n");
  EXPECT_EQ(run.status, 0);
  EXPECT_THAT(run.err, AllOf(HasSubstr("leaves nothing to wish for; if it undoes its rules where nobody "
                                       "answers: import it without those lines\n"),
                             Not(HasSubstr("argument"))));
  EXPECT_THAT(import_of("true\n").err, HasSubstr("leaves nothing to wish for\n"));
}

TEST_P(ImportScript, RulesThatItLostAreSaidInTheWishesToo) {
  auto run = import_of(
      "#!/bin/sh\niptables -A INPUT -m layer7 --l7proto ftp -j DROP\niptables -A INPUT -i lo -j ACCEPT\n");
  EXPECT_EQ(run.status, 0);
  EXPECT_THAT(run.out, AllOf(HasSubstr("# Rules may be missing here, since not all went well"),
                             HasSubstr("Couldn't load match `layer7'"), HasSubstr("allow_loopback")));
}

TEST_P(ImportScript, WhatStoodOnTheHostIsNotTheScripts) {
  sh("iptables -N DOCKER-USER; iptables -N DOCKER; iptables -A FORWARD -j DOCKER-USER; "
     "iptables -A DOCKER-USER -j RETURN; iptables -A INPUT -s 203.0.113.7 -j DROP");
  auto run = import_of("iptables -I DOCKER-USER 1 -s 198.51.100.9 -j DROP\n");
  EXPECT_EQ(run.status, 0) << run.err;
  EXPECT_EQ(run.err, "");
  EXPECT_THAT(run.out, AllOf(HasSubstr("-s 198.51.100.9/32 -j DROP"), Not(HasSubstr("203.0.113.7")),
                             Not(HasSubstr("Left out"))));
}

TEST_P(ImportScript, WhatItPutsIntoDockersOwnChainsAndSettingsAreToldInTheFile) {
  sh("iptables -N DOCKER-USER; iptables -N DOCKER; iptables -A FORWARD -j DOCKER-USER; "
     "iptables -A FORWARD -o docker0 -j DOCKER");
  auto run = import_of(
      "#!/bin/sh\niptables -I DOCKER -s 198.51.100.9 -j DROP\n"
      "sysctl -qw net.ipv4.ip_forward=1\n"
      "for f in /proc/sys/net/ipv4/conf/*/rp_filter; do echo 2 >$f; done\n");
  EXPECT_EQ(run.status, 0) << run.err;
  EXPECT_THAT(run.out, AllOf(HasSubstr("# - net.ipv4.ip_forward = 1 (line 3)\n"),
                             HasSubstr("wan0}.rp_filter = 2 (line 4)\n"),
                             HasSubstr("# DOCKER-USER is the place for them:\n"
                                       "# - iptables filter DOCKER: -s 198.51.100.9/32 -j DROP\n"),
                             Not(HasSubstr("others maintain"))));
  EXPECT_THAT(run.err, HasSubstr("iptables filter DOCKER: -s 198.51.100.9/32 -j DROP"));
}

TEST_P(ImportScript, WhatItFlushesOfDockersIsSaid) {
  sh("iptables -N DOCKER-USER; iptables -N DOCKER; iptables -A FORWARD -j DOCKER-USER; iptables -A "
     "DOCKER-USER -j RETURN");
  auto run =
      import_of("iptables -F; iptables -X\niptables -A INPUT -i lo -j ACCEPT\nsystemctl restart docker\n");
  EXPECT_EQ(run.status, 0);
  EXPECT_THAT(run.err, AllOf(HasSubstr("iptables filter DOCKER-USER: the chain, with 1 rule"),
                             HasSubstr("iptables filter FORWARD: 1 rule"),
                             HasSubstr("    systemctl restart docker\n")));
  EXPECT_THAT(run.out, HasSubstr("-i lo -j ACCEPT"));
}

TEST_P(ImportScript, FailedScriptIsToldAndItsRulesAreThere) {
  auto run = import_of("#!/bin/sh -e\niptables -A INPUT -i lo -j ACCEPT\niptables -A INPUT -j NOWHERE\n");
  EXPECT_EQ(run.status, 0);
  EXPECT_THAT(run.err, HasSubstr("/run/firewall.sh ended with status"));
  EXPECT_THAT(run.out, HasSubstr("-i lo -j ACCEPT"));
}

TEST_P(ImportScript, MissingScriptIsBadInput) {
  auto run = pyfw({"import", "/run/none.sh"});
  EXPECT_EQ(run.status, 2);
  EXPECT_THAT(run.err, HasSubstr("/run/none.sh"));
}

PYFW_ON_BOTH_BACKENDS(ImportScript);

}  // namespace
}  // namespace pyfw::netns
