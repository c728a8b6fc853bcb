#include "ask/check.h"

#include <algorithm>

#include "ask/everyone.h"
#include "ask/verdict_words.h"

namespace pyfw {
namespace {

AskedFlow answer_of(Flow flow, const Scene& scene) {
  auto trace = trace_flow(scene.traced, arrival_of(flow));
  auto line = verdict_line(trace, scene.traced);
  return {.flow = std::move(flow), .verdict = std::move(trace.verdict), .line = std::move(line)};
}

Standing standing_of(const std::vector<AskedFlow>& answers, Expected expected) {
  auto standing = Standing::kHolds;
  for (const auto& answer : answers) {
    if (is_as_expected(answer, expected)) continue;
    if (answer.verdict.outcome != FlowOutcome::kDepends) return Standing::kFails;
    standing = Standing::kDepends;
  }
  return standing;
}

Result<Finding> find_one_by_one(const Expectation& expectation, const Scene& scene) {
  Finding finding{.expectation = &expectation};
  TRY(auto flows, flows_between(expectation.from, expectation.to, scene));
  for (auto& flow : flows) finding.answers.push_back(answer_of(std::move(flow), scene));
  finding.standing = standing_of(finding.answers, expectation.is);
  return finding;
}

Finding find(const Expectation& expectation, const Scene& scene) {
  bool is_wide = is_about_everyone(expectation, scene);
  auto found = is_wide ? find_for_everyone(expectation, scene) : find_one_by_one(expectation, scene);
  if (found) return std::move(*found);
  Finding finding{.expectation = &expectation,
                  .standing = Standing::kUnanswered,
                  .error = std::move(found).error(),
                  .is_about_everyone = is_wide};
  if (!finding.error.place) finding.error.place = expectation.name.place;
  return finding;
}

}  // namespace

std::vector<Finding> check(std::span<const Expectation> expectations, const Scene& scene) {
  std::vector<Finding> findings;
  for (const auto& expectation : expectations) findings.push_back(find(expectation, scene));
  return findings;
}

bool is_as_expected(const FlowVerdict& verdict, Expected expected) {
  switch (expected) {
    case Expected::kWorks: return verdict.outcome == FlowOutcome::kWorks;
    case Expected::kRefused: return verdict.outcome == FlowOutcome::kRefused;
    case Expected::kDropped: return verdict.outcome == FlowOutcome::kDropped;
    case Expected::kNotWorks:
      return verdict.outcome == FlowOutcome::kRefused || verdict.outcome == FlowOutcome::kDropped;
  }
  return false;
}

bool is_refuted(const AskedFlow& answer, Expected expected) {
  if (!answer.probed) return false;
  switch (*answer.probed) {
    case Probed::kWorks: return expected != Expected::kWorks;
    case Probed::kRefused: return expected != Expected::kRefused && expected != Expected::kNotWorks;
    case Probed::kDropped: return expected != Expected::kDropped && expected != Expected::kNotWorks;
    case Probed::kSilent: return expected == Expected::kRefused;
    case Probed::kByProxy:
    case Probed::kNotProbed:
    case Probed::kFailed: return false;
  }
  return false;
}

bool holds(const Finding& finding) {
  return finding.standing == Standing::kHolds &&
         std::ranges::none_of(finding.answers, [&](const AskedFlow& answer) {
           return is_refuted(answer, finding.expectation->is);
         });
}

std::string_view word_of(Expected outcome) {
  switch (outcome) {
    case Expected::kWorks: return "works";
    case Expected::kRefused: return "refused";
    case Expected::kDropped: return "dropped";
    case Expected::kNotWorks: return "not works";
  }
  return "";
}

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
