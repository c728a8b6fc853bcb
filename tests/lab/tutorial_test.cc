// The tutorial, end to end: a real Docker, real packets, the real program.

#include "lab/tutorial.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/strings.h"
#include "lab/checked.h"
#include "lab/documented.h"
#include "lab/record.h"
#include "lab/situations.h"

namespace pyfw::lab {

void PrintTo(Reach reach, std::ostream* out) { *out << word(reach); }

namespace {

using testing::HasSubstr;
using testing::Not;

constexpr auto kWorks = Reach::kWorks;
constexpr auto kRefused = Reach::kRefused;
constexpr auto kDropped = Reach::kDropped;

constexpr auto kFiveCommands =
    "Executing command  1/5: iptables -w -t filter -I DOCKER 1 ! -i docker0 -o docker0 -m set ! --match-set "
    "allowed_hosts src -m comment --comment allowed_hosts_only -j REJECT --reject-with "
    "icmp-port-unreachable\n"
    "Executing command  2/5: iptables -w -t filter -I FORWARD 1 -m conntrack --ctstate RELATED,ESTABLISHED "
    "-m comment --comment _pyfw_temp_allow_established -j ACCEPT\n"
    "Executing command  3/5: iptables -w -t filter -D FORWARD -m conntrack --ctstate RELATED,ESTABLISHED "
    "-m comment --comment allow_established -j ACCEPT\n"
    "Executing command  4/5: iptables -w -t filter -I FORWARD 1 -m conntrack --ctstate RELATED,ESTABLISHED "
    "-m comment --comment allow_established -j ACCEPT\n"
    "Executing command  5/5: iptables -w -t filter -D FORWARD -m conntrack --ctstate RELATED,ESTABLISHED "
    "-m comment --comment _pyfw_temp_allow_established -j ACCEPT\n";

class DockerHost : public testing::Test {
 protected:
  void SetUp() override {
    auto built = Tutorial::build();
    if (!built) GTEST_SKIP() << built.error().message;
    tutorial_.emplace(std::move(*built));
  }

  // What pyfw prints on standard output, inside the docker host.
  std::string pyfw(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), PYFW_PROGRAM);
    auto out = tutorial_->docker_host.output(arguments);
    if (!out) ADD_FAILURE() << out.error().message;
    return out.value_or("");
  }

  void wish(std::string_view wishes) {
    auto written = tutorial_->docker_host.write_file("/etc/pyfw/wishes.yaml", wishes);
    if (!written) ADD_FAILURE() << written.error().message;
  }

  void apply(std::string_view wishes) {
    wish(wishes);
    pyfw({"--wishes", "/etc/pyfw/wishes.yaml", "--apply"});
  }

  void restart_docker() {
    auto restarted = tutorial_->restart_docker();
    if (!restarted) ADD_FAILURE() << restarted.error().message;
  }

  // What real packets do, in the order that Tutorial::who_reaches_nginx states. docs/tutorial.md says the
  // same of that situation.
  void expect_reached(std::string_view situation, const std::vector<Reach>& expected) {
    auto answers = tutorial_->who_reaches_nginx();
    ASSERT_TRUE(answers) << answers.error().message;
    std::vector<Reach> reached;
    std::vector<std::string> told;
    for (const auto& answer : *answers) {
      reached.push_back(answer.reached);
      told.push_back(fmt::format("{} to {}: {}", answer.from, answer.to, word(answer.reached)));
    }
    EXPECT_EQ(reached, expected);
    auto in_the_document = documented(situation);
    ASSERT_TRUE(in_the_document) << in_the_document.error().message;
    EXPECT_EQ(told, *in_the_document) << "docs/tutorial.md, " << situation;
    expect_check_agrees(*answers);
  }

  // The rules say the same, and so do the connections that pyfw makes.
  void expect_check_agrees(const std::vector<Tutorial::Answer>& answers) {
    const std::map<std::string, std::string, std::less<>> ends = {{"host2", "192.168.122.193"},
                                                                  {"intruder", "192.168.122.66"},
                                                                  {"docker host", "host"},
                                                                  {"container2", "container:container2"}};
    std::vector<Connection> connections;
    for (const auto& answer : answers)
      connections.push_back({.from = ends.at(answer.from), .to = answer.to, .reached = answer.reached});
    auto said = check(tutorial_->docker_host, connections);
    ASSERT_TRUE(said) << said.error().message;
    EXPECT_EQ(said->status, 0) << said->out << said->err;
    EXPECT_THAT(said->out, HasSubstr(" | packets: works"));
  }

  std::vector<std::string> rules_of(const std::string& chain) {
    auto text = tutorial_->docker_host.output({"/usr/sbin/iptables", "-S", chain}).value_or("");
    std::vector<std::string> rules;
    for (auto line : split(text, '\n'))
      if (line.starts_with("-A ")) rules.emplace_back(line);
    if (rules.empty()) ADD_FAILURE() << "chain " << chain << " has no rules";
    return rules.empty() ? std::vector<std::string>{""} : rules;
  }

  std::optional<Tutorial> tutorial_;
};

// The columns: host2, intruder and the host itself to 192.168.122.190:8000; the host to 127.0.0.1:8000
// and to the container's address; container2 to 172.17.0.1:8000 and to 192.168.122.190:8000.

TEST_F(DockerHost, PlainDockerLetsEveryoneIn) {
  expect_reached("(a)", {kWorks, kWorks, kWorks, kWorks, kWorks, kWorks, kWorks});
}

TEST_F(DockerHost, InputPolicyDropCutsContainersButNotTheIntruder) {
  apply(kInputDrop);
  expect_reached("(b)", {kWorks, kWorks, kWorks, kDropped, kWorks, kDropped, kDropped});
}

TEST_F(DockerHost, RejectInDockerChainRefusesTheIntruder) {
  apply(kOthersRejected);
  expect_reached("(c)", {kWorks, kRefused, kWorks, kDropped, kWorks, kDropped, kDropped});
}

TEST_F(DockerHost, WishesOfTheTutorialLetContainersInAgain) {
  apply(tutorial_wishes().value_or(""));
  expect_reached("(d)", {kWorks, kRefused, kWorks, kDropped, kWorks, kWorks, kWorks});
  EXPECT_EQ(pyfw({}), "# no commands needed, all wished fullfilled\n");
}

TEST_F(DockerHost, LoopbackWishMakesTheLastConnectionWork) {
  apply(tutorial_wishes().value_or(""));
  apply(kLoopback);
  expect_reached("(d')", {kWorks, kRefused, kWorks, kWorks, kWorks, kWorks, kWorks});
}

TEST_F(DockerHost, FiveCommandsMendWhatADockerRestartBreaks) {
  wish(tutorial_wishes().value_or(""));
  pyfw({"--apply"});
  EXPECT_THAT(rules_of("FORWARD").front(), HasSubstr("--comment allow_established"));
  EXPECT_THAT(rules_of("DOCKER").front(), HasSubstr("--comment allowed_hosts_only"));

  restart_docker();
  EXPECT_THAT(rules_of("FORWARD").back(), HasSubstr("--comment allow_established"));
  EXPECT_THAT(rules_of("DOCKER"), testing::Each(Not(HasSubstr("allowed_hosts_only"))));
  expect_reached("(e)", {kWorks, kWorks, kWorks, kDropped, kWorks, kWorks, kWorks});

  EXPECT_EQ(pyfw({"--apply"}), kFiveCommands);
  EXPECT_THAT(rules_of("FORWARD").front(), HasSubstr("--comment allow_established"));
  expect_reached("(d)", {kWorks, kRefused, kWorks, kDropped, kWorks, kWorks, kWorks});
  EXPECT_EQ(pyfw({}), "# no commands needed, all wished fullfilled\n");
}

// The demo without Docker stands on these.
TEST(Recordings, GiveThePlansOfTheTutorial) {
  auto plain = plan_from_recording("plain");
  ASSERT_TRUE(plain) << plain.error().message;
  EXPECT_THAT(*plain, HasSubstr("\niptables -w -t filter -P INPUT DROP\n"));
  auto restarted = plan_from_recording("restarted");
  ASSERT_TRUE(restarted) << restarted.error().message;
  std::string commands;
  int number = 0;
  for (auto line : split(*restarted, '\n'))
    if (line.starts_with("iptables "))
      commands += fmt::format("Executing command {:2d}/5: {}\n", ++number, line);
  EXPECT_EQ(commands, kFiveCommands);
}

TEST(Recordings, TellTheIntrudersWayAndWhetherTheGoalsAreMet) {
  auto way = intruder_in_recording("plain");
  ASSERT_TRUE(way) << way.error().message;
  EXPECT_THAT(*way, HasSubstr("-j DNAT --to-destination 172.17.0.2:80\n"));
  EXPECT_THAT(*way, HasSubstr("\nworks: accepted by filter DOCKER 1, "));
  for (const auto& [name, holding] :
       {std::pair("plain", "2 of 3"), std::pair("applied", "3 of 3"), std::pair("restarted", "2 of 3")}) {
    auto checked = goals_in_recording(name);
    ASSERT_TRUE(checked) << checked.error().message;
    EXPECT_THAT(*checked, HasSubstr(fmt::format("\n{} expectations hold.\n", holding))) << name;
  }
}

}  // namespace
}  // namespace pyfw::lab
