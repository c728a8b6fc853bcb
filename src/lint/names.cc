// What looking at the wishes has told already, as findings.

#include "lint/lints.h"

namespace pyfw {
namespace {

void add_all(const std::vector<Error>& errors, Report& report, const std::string& why,
             const std::string& instead) {
  for (const auto& error : errors)
    if (error.place)
      report.add(*error.place, error.message,
                 {.why = why, .instead = error.hint.empty() ? instead : error.hint});
}

}  // namespace

void find_missing_names(Linted& linted, Report& report) {
  add_all(linted.input().missing, report, "the kernel takes no rule that names what is not there",
          "make it under ipsets: or as a chain, or name what there is");
}

void find_refused_rules(Linted& linted, Report& report) {
  add_all(linted.input().refused, report, "an apply of these wishes would fail", "write what iptables takes");
}

void find_uncalled_chains(Linted& linted, Report& report) {
  add_all(linted.input().uncalled, report, "packets come to a user chain only by a jump",
          "jump to it with `-j`, or see whether its name is misspelt");
}

}  // namespace pyfw
