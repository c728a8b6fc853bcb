// What one lint has found, said in its name.
//
//   report.add(rule.place_of({"--dport"}), "…", {.why = "…", .instead = "…"});

#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "advise/advice.h"
#include "lint/linted.h"

namespace pyfw {

class Report;

// One kind of finding. docs/lint.md explains it under its id.
struct LintRow {
  std::string_view id;
  Severity severity = Severity::kWarning;
  std::string_view about;  // a sentence for tables and tools
  void (*find)(Linted&, Report&);
};

struct Counsel {
  std::string why;
  std::string instead;
};

class Report {
 public:
  Report(const LintRow& row, std::vector<Advice>& out) : row_(row), out_(out) {}

  void add(const Place& place, std::string message, Counsel counsel) {
    add(row_.severity, place, std::move(message), std::move(counsel));
  }
  void add(Severity severity, const Place& place, std::string message, Counsel counsel) {
    out_.push_back({.id = std::string(row_.id),
                    .severity = severity,
                    .message = std::move(message),
                    .why = std::move(counsel.why),
                    .instead = std::move(counsel.instead),
                    .place = place});
  }

 private:
  const LintRow& row_;
  std::vector<Advice>& out_;
};

}  // namespace pyfw
