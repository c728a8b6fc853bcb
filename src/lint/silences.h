// Findings that the wishes silence in place, with a reason, in a comment at the end of the line that the
// finding is about, or on lines of its own just above it:
//
//   # pyfw: ignore input-without-loopback, since nothing here talks to itself
//   default_action: DROP
//
// Several ids stand one behind the other with commas between them. What silences without a reason, or
// nothing, is a finding itself.

#pragma once

#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "advise/advice.h"

namespace pyfw {

inline constexpr std::string_view kSilenceWithoutReason = "silence-without-reason";
inline constexpr std::string_view kSilenceOfNothing = "silence-of-nothing";

// A silence, as it stands in a file.
struct Silence {
  Place place;  // of the comment
  std::vector<std::string> ids{};
  bool has_reason = false;
  std::size_t line = 0;  // that it is about
};

// YAML's comments are not among its values: the text itself is looked through.
std::vector<Silence> silences_in(const std::shared_ptr<const Source>& file);

// What may be said of a silence without a finding: where not all is known of the host, that may be why.
enum class Needless : std::uint8_t { kIsTold, kMayBeNeeded };

// Takes away what is silenced, and adds what is to be said of silences. `advices` have places.
void silence(std::vector<Advice>& advices, std::span<const std::shared_ptr<const Source>> files,
             Needless needless);

}  // namespace pyfw
