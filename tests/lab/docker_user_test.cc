// Wishes for DOCKER-USER keep what the documents promise of them, with a real Docker and real packets.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>

#include "docs/document.h"
#include "lab/documented.h"
#include "lab/tutorial.h"

namespace pyfw::lab {
namespace {

std::string contents(const std::string& name) {
  std::ifstream file(PYFW_SOURCE_DIR "/" + name);
  return std::string(std::istreambuf_iterator<char>(file), {});
}

std::string last_wishes_of_the_tutorial() {
  auto pieces = docs::pieces_of(contents("docs/tutorial.md"));
  std::string wishes;
  for (const auto& piece : pieces.value_or(std::vector<docs::Piece>{}))
    if (piece.path == "/etc/pyfw/wishes.yaml") wishes = piece.text;
  return wishes;
}

std::vector<std::string> answers_of(const Tutorial& tutorial) {
  std::vector<std::string> out;
  auto answers = tutorial.who_reaches_nginx();
  if (!answers) ADD_FAILURE() << answers.error().message;
  for (const auto& answer : answers.value_or(std::vector<Tutorial::Answer>{}))
    out.push_back(fmt::format("{} to {}: {}", answer.from, answer.to, word(answer.reached)));
  return out;
}

// examples/docker-user.yaml, with host2 as the only admin and eth0 as the interface; the hosts of the
// tutorial have no default route for IPv6.
std::string example_with_public_port(const std::string& port) {
  auto text = contents("examples/docker-user.yaml");
  auto put = [&text](const std::string& old, const std::string& now) {
    auto at = text.find(old);
    ASSERT_NE(at, std::string::npos) << old;
    text.replace(at, old.size(), now);
  };
  put("pyfw_wishes:\n", "pyfw_wishes:\n  vars: { external_interface: eth0 }\n");
  put("198.51.100.0/24", "192.168.122.193");
  put("--ctorigdstport 443", "--ctorigdstport " + port);
  return text;
}

void fulfil(const Host& host, const std::string& wishes) {
  auto written = host.write_file("/etc/pyfw/wishes.yaml", wishes);
  ASSERT_TRUE(written) << written.error().message;
  auto applied = host.output({PYFW_PROGRAM, "--apply"});
  ASSERT_TRUE(applied) << applied.error().message;
}

TEST(DockerUser, TheTutorialsLastWishesSurviveARestartOfDocker) {
  auto tutorial = Tutorial::build();
  if (!tutorial) GTEST_SKIP() << tutorial.error().message;
  fulfil(tutorial->docker_host, last_wishes_of_the_tutorial());
  auto expected = documented("(f)");
  ASSERT_TRUE(expected) << expected.error().message;
  EXPECT_EQ(answers_of(*tutorial), *expected);

  auto restarted = tutorial->restart_docker();
  ASSERT_TRUE(restarted) << restarted.error().message;
  EXPECT_EQ(answers_of(*tutorial), *expected);
  EXPECT_EQ(tutorial->docker_host.output({PYFW_PROGRAM}).value_or(""),
            "# no commands needed, all wished fullfilled\n");
}

TEST(DockerUser, TheExampleLetsAdminsInEverywhereAndOthersToThePublicPort) {
  auto tutorial = Tutorial::build();
  if (!tutorial) GTEST_SKIP() << tutorial.error().message;
  fulfil(tutorial->docker_host, example_with_public_port("443"));
  auto answers = answers_of(*tutorial);
  EXPECT_EQ(std::ranges::count(answers, "host2 to 192.168.122.190:8000: works"), 1);
  EXPECT_EQ(std::ranges::count(answers, "intruder to 192.168.122.190:8000: dropped"), 1);
  EXPECT_EQ(std::ranges::count_if(answers, [](const auto& answer) { return answer.ends_with("works"); }), 6);

  fulfil(tutorial->docker_host, example_with_public_port("8000"));
  answers = answers_of(*tutorial);
  EXPECT_EQ(std::ranges::count_if(answers, [](const auto& answer) { return answer.ends_with("works"); }), 7);
}

}  // namespace
}  // namespace pyfw::lab
