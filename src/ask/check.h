// Whether the expectations of the wishes hold on a host.
//
//   for (const Finding& finding : check(wishes.expectations, scene))
//     if (finding.standing != Standing::kHolds) …

#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "ask/flows.h"
#include "trace/flow.h"

namespace pyfw {

enum class Standing : std::uint8_t {
  kHolds,
  kFails,
  kDepends,     // on what can't be told
  kUnanswered,  // nobody knows what its ends stand for here
};

// What packets did that were sent for real.
enum class Probed : std::uint8_t {
  kWorks,
  kRefused,
  kDropped,
  kByProxy,    // docker-proxy took it, which says nothing of what is behind it
  kSilent,     // no answer to a datagram: dropped, or taken without a word
  kNotProbed,  // from elsewhere, or of a protocol that is not probed
  kFailed,     // could not be sent
};

struct AskedFlow {
  Flow flow{};
  FlowVerdict verdict{};
  std::string line{};  // the verdict in words
  std::optional<Probed> probed{};
  std::string probe_error{};  // of Probed::kFailed
};

struct Finding {
  const Expectation* expectation = nullptr;
  Standing standing = Standing::kHolds;
  std::vector<AskedFlow> answers{};
  Error error{};                   // of kUnanswered
  bool is_about_everyone = false;  // proved, or refuted by the answers
};

// Those must outlive them.
std::vector<Finding> check(std::span<const Expectation> expectations, const Scene& scene);

// Whether that is what was expected. What can't be told is not.
bool is_as_expected(const FlowVerdict& verdict, Expected expected);
inline bool is_as_expected(const AskedFlow& answer, Expected expected) {
  return is_as_expected(answer.verdict, expected);
}
// Whether packets showed something else than was expected. Silence may mean that it works, or that it is
// dropped.
bool is_refuted(const AskedFlow& answer, Expected expected);

// The rules say so, and no packet showed otherwise.
bool holds(const Finding& finding);

std::string_view word_of(Expected outcome);
std::string_view word_of(Standing standing);
std::string_view word_of(Probed probed);

}  // namespace pyfw
