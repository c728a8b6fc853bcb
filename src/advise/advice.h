// One thing that pyfw has to say, unasked: of a wish (lint) or of a host (doctor).
//
//   wishes.yaml:9:27: warning: nothing lets the answers in [input-without-established]
//       9 |         default_action: DROP
//         |                         ^~~~
//      why: what this host asks of others comes back through INPUT
//      instead: put `-m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT` first

#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/error.h"

namespace pyfw {

// In the order of how much they matter.
enum class Severity { kNote, kWarning, kError };

struct Advice {
  std::string id;  // lower case, words joined by '-'; docs explain each under this name
  Severity severity = Severity::kWarning;
  std::string message;  // what is so, one line
  std::string why;      // why it matters, one sentence
  std::string instead;  // what to write or do instead, one sentence
  std::optional<Place> place{};
};

// "note", "warning", "error"
std::string_view word_of(Severity severity);

// Notes are only to be read; warnings and errors make for exit status 3.
bool matter(std::span<const Advice> advices);

// One after the other with an empty line between; control characters are made visible.
std::string as_text(std::span<const Advice> advices, bool colour);

}  // namespace pyfw
