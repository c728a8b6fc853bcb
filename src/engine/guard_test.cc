#include "engine/guard.h"

#include <gtest/gtest.h>

#include "trace/host_for_tests.h"

namespace pyfw {
namespace {

State with_rules(std::string_view save) { return HostForTests().rules(save).state().state; }

Wishes wishes_with_an_expectation() {
  Wishes wishes;
  wishes.expectations.emplace_back();
  return wishes;
}

class ForecastFor : public testing::Test {
 protected:
  Result<std::optional<Forecast>> of(const Wishes& wishes, AskFlows ask_flows) {
    auto ask_facts = [&]() -> Result<AllFacts> {
      ++asked_;
      if (!has_facts_) return fail("nobody knows the routes", "try it again");
      return AllFacts{.facts = HostForTests().facts()};
    };
    return forecast_for(wishes, before_, after_, {}, Backend::kNft, ask_facts, ask_flows);
  }

  State before_ = with_rules("*filter\n:INPUT ACCEPT [0:0]\nCOMMIT\n");
  State after_ = with_rules("*filter\n:INPUT ACCEPT [0:0]\n-A INPUT -j DROP\nCOMMIT\n");
  bool has_facts_ = true;
  int asked_ = 0;
};

TEST_F(ForecastFor, FlowsIsOfThoseThatChange) {
  auto forecast = of({}, AskFlows::kYes);
  ASSERT_TRUE(forecast && *forecast && (*forecast)->flows && *(*forecast)->flows);
  EXPECT_FALSE((*(*forecast)->flows)->lines.empty());
}

TEST_F(ForecastFor, NothingToAskAsksForNoFacts) {
  EXPECT_EQ(of({}, AskFlows::kNo)->has_value(), false);
  after_ = before_;
  EXPECT_EQ(of({}, AskFlows::kYes)->has_value(), false);
  EXPECT_EQ(asked_, 0);
}

TEST_F(ForecastFor, FlowsWithoutFactsSaysThatTheyCantBeTold) {
  has_facts_ = false;
  auto forecast = of({}, AskFlows::kYes);
  ASSERT_TRUE(forecast && *forecast && (*forecast)->flows);
  ASSERT_FALSE(*(*forecast)->flows);
  EXPECT_EQ(as_text(**forecast, false),
            "\nWhich flows change can't be told: nobody knows the routes.\n  try it again\n");
}

TEST_F(ForecastFor, AnExpectationFailsWithoutFacts) {
  has_facts_ = false;
  auto forecast = of(wishes_with_an_expectation(), AskFlows::kYes);
  ASSERT_FALSE(forecast);
  EXPECT_EQ(forecast.error().message, "nobody knows the routes");
}

}  // namespace
}  // namespace pyfw
