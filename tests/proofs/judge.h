// Whether the kernel does what pyfw says that it proved or refuted.

#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "ask/check.h"
#include "differential/dice.h"
#include "live_host.h"

namespace pyfw::proofs {

struct Judged {
  std::size_t proved = 0;
  std::size_t refuted = 0;
  std::size_t depending = 0;
  std::size_t unanswered = 0;
  std::size_t counterexamples = 0;  // packets of those that are refuted
  std::size_t border_packets = 0;   // of those that are proved
  std::vector<std::string> contradictions{};

  Judged& operator+=(const Judged& other);
};
std::string in_words(const Judged& judged);

// Sends each counterexample of what is refuted, and of what is proved packets that lie at the borders of
// rules and sets: some of them, by chance.
Result<Judged> judge(std::span<const Finding> findings, LiveHost& host, differential::Dice& dice);

// Sends that one. What the kernel made otherwise of it than pyfw says, or empty.
Result<std::string> contradiction(const Arrival& request, LiveHost& host);

}  // namespace pyfw::proofs
