#include "ask/check_text.h"

#include <fmt/format.h>

#include <algorithm>

#include "ask/everyone.h"
#include "ask/ink.h"
#include "base/strings.h"
#include "show/totals.h"

namespace pyfw {
namespace {

constexpr std::size_t kMostShown = 10;

std::size_t columns_of(std::string_view text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

std::string painted_mark(const Finding& finding, bool is_fine, const Ink& ink) {
  if (is_fine) return ink.green(mark_of(Standing::kHolds));
  if (finding.standing == Standing::kHolds) return ink.red(mark_of(Standing::kFails));
  auto mark = mark_of(finding.standing);
  return finding.standing == Standing::kFails ? ink.red(mark) : ink.yellow(mark);
}

std::string summary_of(const Finding& finding, bool is_fine) {
  auto expected = word_of(finding.expectation->is);
  if (is_fine) return fmt::format("{}{}", expected, finding.is_about_everyone ? ", proved" : "");
  if (finding.standing == Standing::kUnanswered)
    return fmt::format("{} was expected; can't be answered: {}", expected, finding.error.message);
  auto refuted = finding.standing == Standing::kFails ? ", refuted by" : ", depends on more than is known";
  return fmt::format("{} was expected{}", expected, finding.is_about_everyone ? refuted : "");
}

std::string line_of(const AskedFlow& answer) {
  auto line = fmt::format("{}: {}", title_of(answer.flow), answer.line);
  if (!answer.probed || *answer.probed == Probed::kNotProbed) return line;
  line += fmt::format(" | packets: {}", word_of(*answer.probed));
  if (!answer.probe_error.empty()) line += fmt::format(" ({})", answer.probe_error);
  return line;
}

// With probes all answers are of interest, since they show the rules' beside the packets'.
bool is_worth_a_line(const AskedFlow& answer, Expected expected) {
  bool is_probed = answer.probed && *answer.probed != Probed::kNotProbed;
  return is_probed || !is_as_expected(answer, expected);
}

}  // namespace

std::string_view mark_of(Standing standing) {
  return standing == Standing::kHolds ? "✓" : standing == Standing::kFails ? "✗" : "?";
}

std::string as_text(std::span<const Finding> findings, bool colour) {
  Ink ink(colour);
  if (findings.empty()) return "No expectations in these wishes.\n";
  std::size_t width = 0;
  for (const auto& finding : findings)
    width = std::max(width, columns_of(escape_control(finding.expectation->name.text)));
  std::string out;
  std::size_t holding = 0;
  for (const auto& finding : findings) {
    auto name = escape_control(finding.expectation->name.text);
    bool fine = holds(finding);
    if (fine) ++holding;
    out += fmt::format("{} {}{}  {}\n", painted_mark(finding, fine, ink), name,
                       std::string(width - columns_of(name), ' '), escape_control(summary_of(finding, fine)));
    std::size_t shown = 0;
    std::size_t more = 0;
    for (const auto& answer : finding.answers) {
      if (!is_worth_a_line(answer, finding.expectation->is)) continue;
      if (shown == kMostShown) {
        ++more;
        continue;
      }
      ++shown;
      out += fmt::format("    {}\n", escape_control(line_of(answer)));
    }
    if (more > 0) out += fmt::format("    … and {} more\n", with_commas(more));
  }
  return out + fmt::format("\n{} of {} {}.\n", holding,
                           counted(findings.size(), "expectation", "expectations"),
                           holding == 1 ? "holds" : "hold");
}

}  // namespace pyfw
