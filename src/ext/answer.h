// Whether a packet matches: yes, no, or nobody can tell.

#pragma once

#include <cstdint>

namespace pyfw {

enum class Answer : std::uint8_t { kNo, kYes, kDepends };

constexpr Answer answer_of(bool yes) { return yes ? Answer::kYes : Answer::kNo; }
constexpr Answer inverted_if(bool inverted, Answer answer) {
  if (!inverted || answer == Answer::kDepends) return answer;
  return answer == Answer::kNo ? Answer::kYes : Answer::kNo;
}

}  // namespace pyfw
