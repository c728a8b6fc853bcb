// What will not do what its author thinks: lints of the wishes, on the host that they are for.
//
//   auto found = lint({.wishes = wishes, .written = written, .desired = desired, .host = host});
//   print_out(lint_text(found.advices, colour));
//
// Whatever is said is surely so; where something can't be told, nothing is said. docs/lint.md explains each.

#pragma once

#include <span>
#include <vector>

#include "advise/advice.h"
#include "lint/linted.h"
#include "lint/report.h"

namespace pyfw {

// All kinds of findings, in the order of docs/lint.md.
std::span<const LintRow> lints();
// Null where there is none of that id.
const LintRow* lint_called(std::string_view id);

struct LintResult {
  std::vector<Advice> advices{};  // by file and line; what the wishes silence is not among them (silences.h)
  std::vector<Error> gaps{};      // what of the rules could not be found out
};
LintResult lint(LintInput input);

}  // namespace pyfw
