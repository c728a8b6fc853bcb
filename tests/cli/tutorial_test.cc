// The tutorial's dumps and wishes, without a Docker: what it promises to its readers, to the byte.

#include "cli.h"

namespace pyfw::cli {
namespace {

constexpr auto kReject =
    "! -i docker0 -o docker0 -m set ! --match-set allowed_hosts src -m comment --comment allowed_hosts_only "
    "-j REJECT "
    "--reject-with icmp-port-unreachable";

const std::string kFiveCommands =
    std::string("# these commands should fullfill all given wishes:\niptables -w -t filter -I DOCKER 1 ") +
    kReject +
    "\n\n"
    "iptables -w -t filter -I FORWARD 1 -m conntrack --ctstate RELATED,ESTABLISHED -m comment --comment "
    "_pyfw_temp_allow_established -j ACCEPT\n"
    "iptables -w -t filter -D FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -m comment --comment "
    "allow_established -j ACCEPT\n"
    "iptables -w -t filter -I FORWARD 1 -m conntrack --ctstate RELATED,ESTABLISHED -m comment --comment "
    "allow_established -j ACCEPT\n"
    "iptables -w -t filter -D FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -m comment --comment "
    "_pyfw_temp_allow_established -j ACCEPT\n";

// The bold lines of the dump after the apply.
const std::vector<std::string> kBoldLines = {
    "-A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -m comment --comment allow_established -j ACCEPT",
    "-A INPUT -p tcp -m tcp --dport 22 -m comment --comment allow_ssh -j ACCEPT",
    "-A INPUT -s 172.17.0.0/24 -i docker0 -m comment --comment allow_inter_docker -j ACCEPT",
    "-A FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -m comment --comment allow_established -j ACCEPT",
    std::string("-A DOCKER ") + kReject};

class Tutorial : public CliTest {
 protected:
  Tutorial() {
    write("wishes.yaml", golden("tutorial/wishes.yaml"));
    write("after-restart", golden("tutorial/6-after-docker-restart.iptables-save"));
    write("after-apply", golden("tutorial/5-after-reboot-and-apply.iptables-save"));
    auto bare = without_lines(golden("tutorial/5-after-reboot-and-apply.iptables-save"), kBoldLines);
    write("after-reboot", replaced(bare, ":INPUT DROP [0:0]", ":INPUT ACCEPT [0:0]"));
  }

  [[nodiscard]] Outcome on(const std::string& save, std::vector<std::string> arguments = {}) const {
    arguments.insert(arguments.end(), {"--wishes", "wishes.yaml", "--iptables-save", save});
    if (save != "after-reboot") arguments.insert(arguments.end(), {"--ipset-save", "state.ipset"});
    auto run = pyfw(arguments);
    EXPECT_EQ(run.err, "");
    EXPECT_EQ(run.status, 0);
    return run;
  }
};

TEST_F(Tutorial, DockersRestartIsMendedByFiveCommands) { EXPECT_EQ(on("after-restart").out, kFiveCommands); }

TEST_F(Tutorial, AStateDocumentGivesTheSameCommandsAsTheSavesThatItWasMadeOf) {
  write("state.yaml", on("after-restart", {"--print-state"}).out);
  EXPECT_EQ(pyfw({"--wishes", "wishes.yaml", "--use-state", "state.yaml"}).out, kFiveCommands);
}

TEST_F(Tutorial, NothingIsLeftToDoAfterTheApply) { EXPECT_EQ(on("after-apply").out, kNothingToDo); }

TEST_F(Tutorial, ARebootIsMendedByTheBoldLines) {
  EXPECT_EQ(
      on("after-reboot").out,
      std::string("# these commands should fullfill all given wishes:\n"
                  "ipset -exist create allowed_hosts hash:ip family inet\n"
                  "ipset -exist add allowed_hosts 192.168.122.193\n"
                  "iptables -w -t filter -I DOCKER 1 ") +
          kReject +
          "\niptables -w -t filter -I FORWARD 1 -m conntrack --ctstate RELATED,ESTABLISHED -m comment "
          "--comment "
          "allow_established -j ACCEPT\n"
          "iptables -w -t filter -I INPUT 1 -m conntrack --ctstate RELATED,ESTABLISHED -m comment --comment "
          "allow_established -j ACCEPT\n"
          "iptables -w -t filter -I INPUT 2 -p tcp -m tcp --dport 22 -m comment --comment allow_ssh -j "
          "ACCEPT\n"
          "iptables -w -t filter -I INPUT 3 -s 172.17.0.0/24 -i docker0 -m comment --comment "
          "allow_inter_docker -j ACCEPT\n"
          "iptables -w -t filter -P INPUT DROP\n");
}

TEST_F(Tutorial, TheDesiredStateAfterARebootIsTheOneAfterTheApply) {
  write("desired.yaml", on("after-reboot", {"--print-desired-state"}).out);
  auto desired = pyfw({"state", "--format", "save", "--use-state", "desired.yaml"});
  auto reached = pyfw({"state", "--format", "save", "--iptables-save", "after-apply"});
  auto rules = [](const std::string& text) { return text.substr(0, text.find("# ip6tables-save")); };
  // A document has tables and chains in the order of their names, a save in the kernel's.
  write("reached.yaml", on("after-apply", {"--print-state"}).out);
  auto same_order = pyfw({"state", "--format", "save", "--use-state", "reached.yaml"});
  EXPECT_EQ(rules(desired.out), rules(same_order.out));
}

TEST_F(Tutorial, TheDesiredStateOfAFulfilledHostIsItsState) {
  EXPECT_EQ(on("after-apply", {"--print-desired-state"}).out, on("after-apply", {"--print-state"}).out);
  EXPECT_EQ(on("after-apply", {"--print-state-diff"}).out, "");
}

TEST_F(Tutorial, TheDiffShowsTheRulesThatComeBack) {
  EXPECT_EQ(on("after-restart", {"--print-state-diff"}).out, golden("tutorial/6-after-docker-restart.diff"));
}

TEST_F(Tutorial, TheStateIsPrintedAsADocument) {
  EXPECT_EQ(on("after-apply", {"--print-state"}).out, golden("tutorial/5-after-reboot-and-apply.yaml"));
}

TEST_F(Tutorial, TheHandmadeRulesAreLeftAlone) {
  // The tutorial's experiments bear no names, so they are foreign: pyfw's own come to stand above them.
  write("after-reboot", golden("tutorial/4-inter-docker.iptables-save"));
  auto run = on("after-reboot");
  EXPECT_EQ(run.out.find("-D "), std::string::npos) << run.out;
}

}  // namespace
}  // namespace pyfw::cli
