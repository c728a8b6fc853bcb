// The recipes in examples/ do what they say, on a real Docker and with real packets: before a restart of it
// and after, in both families. And `pyfw check` says so of them, and of plain Docker that it does not hold.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "recipes/on_crossroads.h"

namespace pyfw::recipes {
namespace {

using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;

constexpr auto kWorks = lab::Reach::kWorks;
constexpr auto kDropped = lab::Reach::kDropped;
constexpr auto kAnswered = Exchange::kAnswered;
constexpr auto kLost = Exchange::kLost;

struct Recipe {
  std::string example;
  std::vector<std::string> broken_on_plain_docker;  // expectations
  Traffic traffic;
  // Connections that are open before, and that nobody may open afterwards.
  std::vector<Visit> go_on{};
};

// What every recipe leaves to the containers.
const std::vector<Visit> kContainersAsk = {{"web", "192.0.2.66:80", kWorks},
                                           {"old", "198.51.100.200:80", kWorks},
                                           {"web", "[2001:db8:6::200]:80", kWorks}};
const std::vector<Letter> kContainersAskByUdp = {{"web", 0, "c", "192.0.2.66", 53, kAnswered}};

const std::vector<Recipe> kRecipes = {
    {.example = "recipes/single-address",
     .broken_on_plain_docker = {"nobody else does"},
     .traffic = {.visits = {{"a", "203.0.113.10:8000", kWorks},
                            {"b", "203.0.113.10:8000", kDropped},
                            {"c", "203.0.113.10:8000", kDropped},
                            {"stranger", "203.0.113.10:8000", kDropped},
                            {"stranger", "198.51.100.2:80", kDropped},
                            {"stranger", "203.0.113.10:8001", kDropped},
                            {"inside", "10.0.7.1:8000", kWorks},
                            {"a", "[2001:db8:1111::2]:8000", kWorks},
                            {"b", "[2001:db8:1111::2]:8000", kDropped},
                            {"stranger", "[2001:db8:2222::2]:8000", kDropped}},
                 .letters = kContainersAskByUdp},
     .go_on = {{"stranger", "203.0.113.10:8000", kDropped}}},
    {.example = "recipes/subnet",
     .broken_on_plain_docker = {"nobody else does"},
     .traffic = {.visits = {{"a", "203.0.113.10:8000", kWorks},
                            {"c", "203.0.113.10:8000", kWorks},
                            {"stranger", "203.0.113.10:8000", kDropped},
                            {"stranger", "198.51.100.2:8000", kDropped},
                            {"c", "[2001:db8:1111::2]:8000", kWorks},
                            {"stranger", "[2001:db8:1111::2]:8000", kDropped}},
                 .letters = kContainersAskByUdp},
     .go_on = {{"stranger", "203.0.113.10:8000", kDropped}}},
    {.example = "recipes/range",
     .broken_on_plain_docker = {"nobody else does"},
     .traffic = {.visits = {{"a", "203.0.113.10:8000", kWorks},
                            {"b", "203.0.113.10:8000", kWorks},
                            {"c", "203.0.113.10:8000", kDropped},
                            {"stranger", "203.0.113.10:8000", kDropped},
                            {"b", "[2001:db8:1111::2]:8000", kWorks},
                            {"c", "[2001:db8:1111::2]:8000", kDropped},
                            {"stranger", "[2001:db8:1111::2]:8000", kDropped}},
                 .letters = kContainersAskByUdp},
     .go_on = {{"c", "203.0.113.10:8000", kDropped}}},
    {.example = "recipes/source-and-destination",
     .broken_on_plain_docker = {"nobody else does", "IPv6, nobody else does"},
     .traffic = {.visits = {{"a", "203.0.113.10:8000", kWorks},
                            {"c", "203.0.113.10:8000", kDropped},
                            {"stranger", "203.0.113.10:8001", kDropped},
                            {"c", "198.51.100.2:8000", kWorks},
                            {"stranger", "198.51.100.2:8001", kWorks},
                            {"a", "[2001:db8:1111::2]:8000", kWorks},
                            {"b", "[2001:db8:1111::2]:8001", kWorks},
                            {"c", "[2001:db8:1111::2]:8000", kDropped},
                            {"stranger", "[2001:db8:1111::2]:8000", kDropped},
                            {"stranger", "[2001:db8:1111::2]:8001", kDropped},
                            {"c", "[2001:db8:2222::2]:8000", kWorks},
                            {"stranger", "[2001:db8:2222::2]:8000", kWorks},
                            {"stranger", "[2001:db8:2222::2]:8001", kWorks}},
                 .letters = kContainersAskByUdp},
     .go_on = {{"stranger", "203.0.113.10:8000", kDropped}}},
    {.example = "recipes/original-address",
     .broken_on_plain_docker = {"not at the other address", "nor at another port",
                                "IPv6, not at the other address"},
     .traffic = {.visits = {{"stranger", "198.51.100.2:80", kWorks},
                            {"stranger", "203.0.113.10:80", kDropped},
                            {"a", "198.51.100.2:8000", kDropped},
                            {"a", "203.0.113.10:8001", kDropped},
                            {"stranger", "[2001:db8:2222::2]:80", kWorks},
                            {"stranger", "[2001:db8:1111::2]:80", kDropped},
                            {"a", "[2001:db8:2222::2]:8000", kDropped}},
                 .letters = kContainersAskByUdp},
     .go_on = {{"stranger", "203.0.113.10:80", kDropped}}},
    {.example = "recipes/forwarding",
     .broken_on_plain_docker = {"inside reaches outside", "with UDP, too"},
     .traffic = {.visits = {{"inside", "192.0.2.66:80", kWorks},
                            {"inside", "198.51.100.200:80", kWorks},
                            {"stranger", "10.0.7.5:80", kDropped},
                            {"stranger", "203.0.113.10:8000", kWorks}},
                 .letters = {{"web", 0, "c", "192.0.2.66", 53, kAnswered},
                             {"inside", 0, "c", "192.0.2.66", 53, kAnswered}}}},
    {.example = "recipes/answers",
     .broken_on_plain_docker = {"nobody gets in"},
     .traffic = {.visits = {{"a", "203.0.113.10:8000", kDropped},
                            {"stranger", "198.51.100.2:80", kDropped},
                            {"stranger", "203.0.113.10:8001", kDropped},
                            {"inside", "10.0.7.1:8000", kWorks},
                            {"stranger", "[2001:db8:1111::2]:8000", kDropped}},
                 .letters = kContainersAskByUdp},
     .go_on = {{"a", "203.0.113.10:8000", kDropped}, {"stranger", "203.0.113.10:8001", kDropped}}},
    {.example = "script",
     .broken_on_plain_docker = {"nobody else does", "port 123 opens no other", "nobody else pings",
                                "nobody else reaches containers"},
     .traffic = {.visits = {{"a", "203.0.113.10:22", kWorks},
                            {"c", "203.0.113.10:22", kWorks},
                            {"stranger", "203.0.113.10:22", kDropped},
                            {"stranger", "203.0.113.10:53", kWorks},
                            {"a", "203.0.113.10:8000", kWorks},
                            {"b", "203.0.113.10:8000", kWorks},
                            {"c", "203.0.113.10:8000", kDropped},
                            {"stranger", "203.0.113.10:8000", kDropped},
                            {"docker host", "192.0.2.66:80", kWorks},
                            {"docker host", "127.0.0.1:8000", kWorks},
                            {"web", "172.17.0.1:22", kDropped}},
                 .letters = {{"web", 0, "c", "192.0.2.66", 53, kAnswered},
                             {"docker host", 123, "stranger", "198.51.100.200", 123, kAnswered},
                             {"stranger", 123, "docker host", "203.0.113.10", 161, kLost},
                             {"a", 123, "docker host", "203.0.113.10", 161, kAnswered}},
                 .echoes = {{"a", "203.0.113.10", true},
                            {"c", "203.0.113.10", true},
                            {"stranger", "203.0.113.10", false}}},
     .go_on = {{"stranger", "203.0.113.10:22", kDropped}, {"stranger", "203.0.113.10:8000", kDropped}}}};

class Recipes : public OnCrossroads, public testing::WithParamInterface<Recipe> {
 protected:
  // After an apply, each time.
  static void expect_all_of(const Recipe& recipe) {
    auto plan = pyfw({"plan"});
    EXPECT_EQ(plan.status, 0) << plan.out << plan.err;
    auto checked = pyfw({"check"});
    EXPECT_EQ(checked.status, 0) << checked.out << checked.err;
    for (const auto& name : recipe.broken_on_plain_docker)
      EXPECT_THAT(checked.out, ContainsRegex("✓ " + name + " +[a-z]+, proved"));
    auto traffic = recipe.traffic;
    for (const auto& more : {recipe.go_on, kContainersAsk})
      traffic.visits.insert(traffic.visits.end(), more.begin(), more.end());
    expect(traffic);
  }
};

TEST_P(Recipes, DoWhatTheySay) {
  const auto& recipe = GetParam();
  auto rules_before = rules();
  wish(recipe.example);
  auto plain = pyfw({"check"});
  EXPECT_EQ(plain.status, 3);
  EXPECT_EQ(crossed(plain.out), recipe.broken_on_plain_docker) << plain.out << plain.err;
  std::vector<OpenConnection> open_before_apply;
  std::vector<OpenConnection> open_before_restart;
  for (const auto& visit : recipe.go_on) {
    open_before_apply.push_back(open(visit));
    open_before_restart.push_back(open(visit));
  }

  auto applied = pyfw({"apply"});
  EXPECT_EQ(applied.status, 0) << applied.out << applied.err;
  EXPECT_THAT(applied.err, Not(HasSubstr("not rehearsed")));
  for (const auto& connection : open_before_apply) EXPECT_TRUE(connection.is_answered());
  expect_all_of(recipe);

  restart_docker();
  for (const auto& connection : open_before_restart) EXPECT_TRUE(connection.is_answered());
  expect_all_of(recipe);

  auto undone = pyfw({"rollback"});
  EXPECT_EQ(undone.status, 0) << undone.out << undone.err;
  EXPECT_EQ(rules(), rules_before);
}

std::string as_test_name(const testing::TestParamInfo<Recipe>& recipe) {
  auto name = recipe.param.example.substr(recipe.param.example.rfind('/') + 1);
  std::ranges::replace(name, '-', '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(, Recipes, testing::ValuesIn(kRecipes), as_test_name);

}  // namespace
}  // namespace pyfw::recipes
