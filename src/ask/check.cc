#include "ask/check.h"

#include <algorithm>

#include "ask/verdict_words.h"

namespace pyfw {
namespace {

FlowOutcome wanted(Expected outcome) {
  switch (outcome) {
    case Expected::kWorks: return FlowOutcome::kWorks;
    case Expected::kRefused: return FlowOutcome::kRefused;
    case Expected::kDropped: return FlowOutcome::kDropped;
  }
  return FlowOutcome::kDepends;
}

Answer answer_of(Flow flow, const Scene& scene) {
  auto trace = trace_flow(scene.traced, arrival_of(flow));
  auto line = verdict_line(trace, scene.traced);
  return {.flow = std::move(flow), .verdict = std::move(trace.verdict), .line = std::move(line)};
}

Standing standing_of(const std::vector<Answer>& answers, Expected expected) {
  auto standing = Standing::kHolds;
  for (const auto& answer : answers) {
    if (is_as_expected(answer, expected)) continue;
    if (answer.verdict.outcome != FlowOutcome::kDepends) return Standing::kFails;
    standing = Standing::kDepends;
  }
  return standing;
}

Finding find(const Expectation& expectation, const Scene& scene) {
  Finding finding{.expectation = &expectation};
  auto flows = flows_between(expectation.from, expectation.to, scene);
  if (!flows) {
    finding.standing = Standing::kUnanswered;
    finding.error = std::move(flows).error();
    if (!finding.error.place) finding.error.place = expectation.name.place;
    return finding;
  }
  for (auto& flow : *flows) finding.answers.push_back(answer_of(std::move(flow), scene));
  finding.standing = standing_of(finding.answers, expectation.is);
  return finding;
}

}  // namespace

std::vector<Finding> check(std::span<const Expectation> expectations, const Scene& scene) {
  std::vector<Finding> findings;
  for (const auto& expectation : expectations) findings.push_back(find(expectation, scene));
  return findings;
}

bool is_as_expected(const Answer& answer, Expected expected) {
  return answer.verdict.outcome == wanted(expected);
}

bool is_refuted(const Answer& answer, Expected expected) {
  if (!answer.probed) return false;
  switch (*answer.probed) {
    case Probed::kWorks: return expected != Expected::kWorks;
    case Probed::kRefused: return expected != Expected::kRefused;
    case Probed::kDropped: return expected != Expected::kDropped;
    case Probed::kSilent: return expected == Expected::kRefused;
    case Probed::kByProxy:
    case Probed::kNotProbed:
    case Probed::kFailed: return false;
  }
  return false;
}

bool holds(const Finding& finding) {
  return finding.standing == Standing::kHolds &&
         std::ranges::none_of(finding.answers, [&](const Answer& answer) {
           return is_refuted(answer, finding.expectation->is);
         });
}

std::string_view word_of(Expected outcome) { return word_of(wanted(outcome)); }

std::string_view word_of(Standing standing) {
  switch (standing) {
    case Standing::kHolds: return "holds";
    case Standing::kFails: return "fails";
    case Standing::kDepends: return "depends";
    case Standing::kUnanswered: return "unanswered";
  }
  return "";
}

std::string_view word_of(Probed probed) {
  switch (probed) {
    case Probed::kWorks: return "works";
    case Probed::kRefused: return "refused";
    case Probed::kDropped: return "dropped";
    case Probed::kByProxy: return "taken by docker-proxy";
    case Probed::kSilent: return "silent";
    case Probed::kNotProbed: return "not probed";
    case Probed::kFailed: return "failed";
  }
  return "";
}

}  // namespace pyfw
