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
  EXPECT_THAT(plan.out, HasSubstr("allow_loopback"));
  EXPECT_THAT(plan.out, Not(HasSubstr("f2b")));
  EXPECT_THAT(plan.out, Not(HasSubstr("office")));
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
