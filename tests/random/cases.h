// How many cases a test takes: `./dev test` so many, `./dev soak` as many as it says in the environment.

#pragma once

#include <algorithm>
#include <cstdlib>
#include <functional>
#include <iostream>
#include <optional>
#include <sstream>
#include <string>

#include "prove/random_host_for_tests.h"

namespace pyfw {

inline constexpr auto kSoakOfMutations = "PYFW_MUTATIONS";
inline constexpr auto kSoakOfRefute = "PYFW_REFUTE";

// None in `./dev test`.
inline std::optional<int> told_by(const char* soak) {
  const char* told = std::getenv(soak);
  if (told == nullptr) return std::nullopt;
  return std::max(std::stoi(told), 1);
}

// What rapidcheck draws is neither shrunk nor shown: rules are, one by one, by those who know what is wrong.
// Each kind has other dice.
inline void check_cases(int count, std::uint64_t kind, const std::function<void()>& one) {
  auto params = rc::detail::configuration().testParams;
  params.maxSuccess = count;
  // What lands is the same every time; the soak draws anew.
  constexpr std::uint64_t kUsualSeed = 1;
  bool is_usual =
      !told_by(kSoakOfMutations) && !told_by(kSoakOfRefute) && std::getenv("RC_PARAMS") == nullptr;
  if (is_usual) params.seed = kUsualSeed;
  params.seed += kind;
  params.disableShrinking = true;
  auto result = rc::detail::checkTestable(one, rc::detail::TestMetadata{}, params);
  if (result.is<rc::detail::FailureResult>()) {
    ADD_FAILURE() << result.get<rc::detail::FailureResult>().description
                  << "\nagain with RC_PARAMS=seed=" << params.seed - kind;
    return;
  }
  std::ostringstream said;
  rc::detail::printResultMessage(result, said);
  std::cerr << said.str() << "\n";
  EXPECT_TRUE(result.is<rc::detail::SuccessResult>());
}

}  // namespace pyfw
