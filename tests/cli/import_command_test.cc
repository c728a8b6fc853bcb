// `pyfw import`, as a whole program.

#include <filesystem>

#include "cli.h"

namespace pyfw::cli {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr auto kRules =
    "*filter\n:INPUT DROP [0:0]\n:FORWARD ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n:f2b-sshd - [0:0]\n"
    "-A INPUT -p tcp -m multiport --dports 22 -j f2b-sshd\n-A INPUT -i lo -j ACCEPT\n"
    "-A INPUT -m set --match-set office src -m comment --comment \"the office\" -j ACCEPT\n"
    "-A f2b-sshd -j RETURN\nCOMMIT\n";

class ImportCommand : public CliTest {
 protected:
  ImportCommand() {
    write("rules", kRules);
    write("sets", "create office hash:ip family inet hashsize 1024 maxelem 65536\nadd office 10.0.0.1\n");
  }

  [[nodiscard]] Outcome import(std::vector<std::string> more) const {
    std::vector<std::string> arguments = {"import", "--iptables-save", "rules", "--ipset-save", "sets"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return pyfw(arguments);
  }
  [[nodiscard]] Outcome plan_of(const std::string& wishes) const {
    return pyfw({"plan", "--wishes", wishes, "--iptables-save", "rules", "--ipset-save", "sets"});
  }
};

TEST_F(ImportCommand, PrintsWishesAndSaysWhatItLeavesOut) {
  auto run = import({});
  EXPECT_EQ(run.status, 0);
  EXPECT_EQ(run.err, "");
  EXPECT_THAT(run.out, HasSubstr("# - fail2ban: "));
  EXPECT_THAT(run.out, HasSubstr("        - allow_loopback: -i lo -j ACCEPT\n"
                                 "        - the office: -m set --match-set office src -j ACCEPT\n"));
  EXPECT_THAT(run.out, Not(HasSubstr("-j f2b-sshd")));
}

TEST_F(ImportCommand, KeptTextsChangeNothing) {
  write("wishes.yaml", import({"--keep-text"}).out);
  auto plan = plan_of("wishes.yaml");
  EXPECT_EQ(plan.status, 0) << plan.out << plan.err;
}

TEST_F(ImportCommand, NamesAreAllThatChanges) {
  write("wishes.yaml", import({}).out);
  auto plan = plan_of("wishes.yaml");
  EXPECT_EQ(plan.status, 3) << plan.err;
  EXPECT_EQ(plan.out,
            "filter INPUT (iptables)\n"
            "    1  -p tcp -m multiport --dports 22 -j f2b-sshd\n"
            "  - 2  -i lo -j ACCEPT\n"
            "  + 2  allow_loopback: -i lo -j ACCEPT\n"
            "    3  the office: -m set --match-set office src -j ACCEPT\n"
            "\n"
            "Plan: 1 rule new, 1 gone.\n");
}

// As people write /etc/iptables/rules.v4.
TEST_F(ImportCommand, OfAFileWrittenByHandNamesAreAllThatChanges) {
  write("rules",
        "*filter\n:INPUT DROP [0:0]\n# ssh\n-A INPUT -p tcp --dport 22 -s 10.0.0.1 -j ACCEPT \n"
        "-A INPUT -p icmp --icmp-type echo-request -j ACCEPT\n-A INPUT -s 10.0.0.2,10.0.0.3 -j ACCEPT\n"
        "-A INPUT -m state --state ESTABLISHED,RELATED -j ACCEPT\nCOMMIT\n"
        "*nat\n-A PREROUTING -i eth0 -p tcp --dport 80 -j DNAT --to 10.0.0.9:80\nCOMMIT\n");
  write("wishes.yaml", import({}).out);
  auto plan = plan_of("wishes.yaml");
  EXPECT_THAT(plan.out, HasSubstr("Plan: 6 rules new, 6 gone.\n")) << plan.err;
  EXPECT_THAT(plan.out, HasSubstr("  - 1  -s 10.0.0.1/32 -p tcp -m tcp --dport 22 -j ACCEPT\n"));
  write("kept.yaml", import({"--keep-text"}).out);
  EXPECT_EQ(plan_of("kept.yaml").status, 0);
}

// As saves of hosts with kernels of their own hold: more of them than one may be asked of each.
TEST_F(ImportCommand, RulesThatIptablesDoesNotTakeHereAreLeftOut) {
  std::string rules = "*filter\n:INPUT DROP [0:0]\n-A INPUT -p tcp --dport 22 -j ACCEPT\n";
  for (int i = 0; i < 20; ++i) rules += "-A INPUT -m layer7 --l7proto p" + std::to_string(i) + " -j DROP\n";
  write("rules", rules + "-A INPUT -p udp --dport 53 -j ACCEPT\nCOMMIT\n");
  for (const auto& more : {std::vector<std::string>{}, {"--keep-text"}, {"--all"}}) {
    auto run = import(more);
    EXPECT_THAT(run.out, HasSubstr("# Here stays, since iptables refuses it here (Couldn't load match "
                                   "`layer7':No such file or directory): -m layer7 --l7proto p19 -j DROP\n"));
    EXPECT_THAT(run.out, Not(HasSubstr("- drop_layer7")));
    write("wishes.yaml", run.out);
    auto plan = plan_of("wishes.yaml");
    EXPECT_EQ(plan.err, "");
    bool keeps_text = !more.empty() && more[0] == "--keep-text";
    EXPECT_THAT(plan.out, HasSubstr(keeps_text ? "Nothing to do" : "Plan: 2 rules new, 2 gone.\n"));
  }
}

TEST_F(ImportCommand, AllOfItIsKeptWhereThatIsAskedFor) {
  EXPECT_THAT(import({"--all"}).out,
              HasSubstr("- f2b_sshd_tcp_22: -p tcp -m multiport --dports 22 -j f2b-sshd\n"));
}

TEST_F(ImportCommand, NoFileIsWrittenOverUnlessForced) {
  auto run = import({"--output", "wishes.yaml"});
  EXPECT_EQ(run.status, 0);
  EXPECT_EQ(run.out, "");
  EXPECT_EQ(run.err, "wrote wishes.yaml\n");
  auto again = import({"--output", "wishes.yaml"});
  EXPECT_EQ(again.status, 2);
  EXPECT_THAT(again.err, HasSubstr("wishes.yaml is there already"));
  EXPECT_EQ(import({"--output", "wishes.yaml", "--force"}).status, 0);
  EXPECT_TRUE(std::filesystem::exists(folder_ + "/wishes.yaml.bak"));
}

TEST_F(ImportCommand, SavedRulesAreNotTakenForAScript) {
  write("rules.v4", "# Generated by iptables-save v1.8.9\n*filter\n:INPUT DROP [0:0]\nCOMMIT\n");
  auto run = pyfw({"import", "rules.v4"});
  EXPECT_EQ(run.status, 2);
  EXPECT_THAT(run.err, HasSubstr("rules.v4 holds what iptables-save prints, and is no script; pyfw import "
                                 "--iptables-save rules.v4"));
  write("sets", "create office hash:ip family inet\n");
  EXPECT_THAT(pyfw({"import", "sets"}).err, HasSubstr("pyfw import --ipset-save sets"));
  write("listed", "-P INPUT DROP\n-N logdrop\n-A INPUT -i lo -j ACCEPT\n");
  run = pyfw({"import", "listed"});
  EXPECT_EQ(run.status, 2);
  EXPECT_THAT(run.err,
              HasSubstr("listed holds what iptables -S prints, and is no script; sed 's/^/iptables /'"));
  write("nftables.conf", "# mine\nflush ruleset\n\ntable inet filter {\n}\n");
  EXPECT_THAT(pyfw({"import", "nftables.conf"}).err, HasSubstr("holds rules of nftables, and is no script"));
}

TEST_F(ImportCommand, MembersOfLargeSetsStandBesideTheWishes) {
  std::string sets = "create office hash:ip family inet hashsize 1024 maxelem 65536\n";
  for (int i = 1; i < 200; ++i) sets += "add office 10.0.0." + std::to_string(i) + "\n";
  write("sets", sets);
  write("there/empty", "");
  auto run = import({"--keep-text", "--output", "there/wishes.yaml"});
  EXPECT_EQ(run.err, "wrote there/office.members\nwrote there/wishes.yaml\n");
  EXPECT_EQ(plan_of("there/wishes.yaml").status, 0);
}

}  // namespace
}  // namespace pyfw::cli
