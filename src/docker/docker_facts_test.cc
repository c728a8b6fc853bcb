#include "docker/docker_facts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

namespace pyfw {
namespace {

using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;
using Answers = std::map<std::string, HttpAnswer, std::less<>>;

AskDocker from(Answers answers) {
  return [answers = std::move(answers)](std::string_view what) -> Result<HttpAnswer> {
    auto found = answers.find(what);
    if (found == answers.end()) return fail("nobody answers");
    return found->second;
  };
}

Answers answers() {
  return {{"/version", {200, R"({"Version": "20.10.24"})"}},
          {"/networks", {200, R"([{"Name": "bridge", "Driver": "bridge"}])"}},
          {"/containers/json?all=1", {200, R"([{"Id": "ab"}, {"Id": "cd"}])"}},
          {"/containers/ab/json", {200, R"({"Name": "/web", "Id": "ab"})"}},
          {"/containers/cd/json", {200, R"({"Name": "/db", "Id": "cd"})"}}};
}

TEST(AskDocker, ItsAnswersMakeAWhole) {
  auto docker = ask_docker(from(answers()));
  ASSERT_TRUE(docker) << docker.error().message;
  EXPECT_EQ(docker->version, "20.10.24");
  EXPECT_THAT(docker->networks, ElementsAre(Field(&DockerNetwork::name, "bridge")));
  EXPECT_THAT(docker->containers, ElementsAre(Field(&Container::name, "db"), Field(&Container::name, "web")));
}

TEST(AskDocker, AContainerThatIsGoneMeanwhileIsLeftOut) {
  auto some = answers();
  some["/containers/cd/json"] = {404, R"({"message": "No such container: cd"})"};
  auto docker = ask_docker(from(some));
  ASSERT_TRUE(docker) << docker.error().message;
  EXPECT_THAT(docker->containers, ElementsAre(Field(&Container::name, "web")));
}

TEST(AskDocker, AnAnswerThatIsMissingOrRefusedIsAnError) {
  for (const auto& [what, answer] : answers()) {
    auto some = answers();
    some.erase(what);
    EXPECT_FALSE(ask_docker(from(some))) << what;
    some[what] = {500, "{}"};
    auto docker = ask_docker(from(some));
    ASSERT_FALSE(docker) << what;
    EXPECT_THAT(docker.error().message, HasSubstr("status 500")) << what;
    some[what] = {200, "<html>"};
    EXPECT_FALSE(ask_docker(from(some))) << what;
  }
}

}  // namespace
}  // namespace pyfw
