#include "ask/check_junit.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/strings.h"

namespace pyfw {
namespace {

std::string xml(std::string_view text) {
  std::string out;
  bool is_utf8 = is_valid_utf8(text);
  for (char c : escape_control(text)) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      default: out += is_utf8 || static_cast<unsigned char>(c) < 0x80 ? c : '?';
    }
  }
  return out;
}

std::string details_of(const Finding& finding) {
  std::string out;
  for (const auto& answer : finding.answers) {
    bool refuted = is_refuted(answer, finding.expectation->is);
    if (is_as_expected(answer, finding.expectation->is) && !refuted) continue;
    out += xml(fmt::format("{}: {}", title_of(answer.flow), answer.line));
    if (refuted) out += xml(fmt::format(" | packets: {}", word_of(*answer.probed)));
    out += '\n';
  }
  return out;
}

std::string case_of(const Finding& finding) {
  const auto& expectation = *finding.expectation;
  const auto& place = expectation.name.place;
  auto out = fmt::format(R"(    <testcase name="{}" classname="expectations" file="{}" line="{}")",
                         xml(expectation.name.text), xml(place.source ? place.source->name : ""), place.line);
  if (holds(finding)) return out + "/>\n";
  out += ">\n";
  if (finding.standing == Standing::kUnanswered) {
    out += fmt::format("      <error message=\"{}\"/>\n", xml(finding.error.message));
  } else {
    out += fmt::format("      <failure message=\"{} was expected\">{}</failure>\n", word_of(expectation.is),
                       details_of(finding));
  }
  return out + "    </testcase>\n";
}

}  // namespace

std::string as_junit(std::span<const Finding> findings) {
  auto failed = std::ranges::count_if(findings, [](const Finding& finding) {
    return !holds(finding) && finding.standing != Standing::kUnanswered;
  });
  auto unanswered = std::ranges::count(findings, Standing::kUnanswered, &Finding::standing);
  auto counts = fmt::format(R"(tests="{}" failures="{}" errors="{}")", findings.size(), failed, unanswered);
  auto out = fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites {0}>\n  <testsuite name=\"pyfw check\" {0}>\n",
      counts);
  for (const auto& finding : findings) out += case_of(finding);
  return out + "  </testsuite>\n</testsuites>\n";
}

}  // namespace pyfw
