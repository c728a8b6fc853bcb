#include "tests/refute/trial.h"

#include <fmt/ranges.h>

#include "ask/everyone.h"
#include "tests/random/alone.h"
#include "tests/random/seen.h"

namespace pyfw {
namespace {

constexpr std::string_view kContradiction = "contradicts itself";

Said said_by(Standing standing) {
  switch (standing) {
    case Standing::kHolds: return Said::kProved;
    case Standing::kFails: return Said::kRefuted;
    case Standing::kDepends: return Said::kDepends;
    case Standing::kUnanswered: break;
  }
  return Said::kNothing;
}

bool is_tied(const RandomHost& host) {
  return std::ranges::any_of(
      host.rules, [](const Rules& rules) { return rules.rules.find("string") != std::string::npos; });
}

// Each way that it may go.
std::vector<FlowVerdict> verdicts_of(const FlowTrace& trace) {
  std::vector<FlowVerdict> out;
  for (const auto& branch : trace.branches) out.push_back(branch.verdict);
  if (out.empty()) out.push_back(trace.verdict);
  return out;
}

// Unless there is nothing else, nothing is said of those.
std::vector<FlowVerdict> without_discarded(std::vector<FlowVerdict> verdicts) {
  if (!std::ranges::all_of(verdicts, is_discarded)) std::erase_if(verdicts, is_discarded);
  return verdicts;
}

bool is_cut(const FlowTrace& trace) { return trace.branches.size() >= FlowOptions().branch_limit; }

std::string words_of(const std::vector<FlowVerdict>& verdicts) {
  std::set<std::string> out;
  for (const auto& verdict : verdicts) out.insert(word_of(verdict.outcome));
  return fmt::format("{}", fmt::join(out, " or "));
}

}  // namespace

void Tally::add(const Tally& other) {
  proved += other.proved;
  with_choice += other.with_choice;
  refuted += other.refuted;
  depending += other.depending;
  unanswered += other.unanswered;
  attempts += other.attempts;
  doubts += other.doubts;
  discarded += other.discarded;
  untold += other.untold;
  replayed += other.replayed;
}

std::string in_words(const Tally& tally) {
  return fmt::format(
      "{} proved, {} of them of packets that several rules decide; {} refuted, {} depend, {} are no "
      "question; "
      "{} packets tried on proofs, {} on what depends, {} answers replayed; {} packets were discarded, {} "
      "are "
      "not told surely",
      tally.proved, tally.with_choice, tally.refuted, tally.depending, tally.unanswered, tally.attempts,
      tally.doubts, tally.replayed, tally.discarded, tally.untold);
}

Trial::Trial(const RandomHost& host, const Statement& statement)
    : host_(host), statement_(statement), scene_(host.state()), is_tied_(is_tied(host)) {
  auto expectation = parse(statement);
  if (!expectation) return;
  expectation_ = *std::move(expectation);
  if (!is_about_everyone(*expectation_, scene_)) return;
  auto covered = Covered::by(*expectation_, scene_);
  if (!covered) return;
  covered_ = *std::move(covered);
}

std::optional<Arrival> Trial::some_packet(std::uint64_t seed) const {
  if (!covered_) return std::nullopt;
  Attack attack(host_, *covered_, scene_, statement_.ends, seed);
  constexpr int kTries = 50;
  for (int i = 0; i < kTries; ++i)
    if (auto arrival = attack.draw()) return arrival;
  return std::nullopt;
}

std::optional<FlowOutcome> Trial::outcome_of(const Arrival& arrival) const {
  auto trace = trace_flow(scene_.traced, arrival);
  if (trace.verdict.outcome == FlowOutcome::kDepends) return std::nullopt;
  return trace.verdict.outcome;
}

std::optional<Wrong> Trial::wrong_answer() {
  if (!covered_) {
    ++tally_.unanswered;
    return std::nullopt;
  }
  auto finding = find_for_everyone(*expectation_, scene_);
  if (!finding) {
    ++tally_.unanswered;
    const auto& why = finding.error().message;
    if (why.find(kContradiction) == std::string::npos) return std::nullopt;
    return Wrong{.what = why};
  }
  finding_ = *std::move(finding);
  said_ = said_by(finding_->standing);
  tally_.proved = said_ == Said::kProved ? 1 : 0;
  tally_.refuted = said_ == Said::kRefuted ? 1 : 0;
  tally_.depending = said_ == Said::kDepends ? 1 : 0;
  if (finding_->answers.empty() != (said_ == Said::kProved))
    return Wrong{.what = "a proof has answers, or what is none has no answer"};
  for (const auto& answer : finding_->answers) {
    auto wrong = said_ == Said::kRefuted ? wrong_of_counterexample(answer) : wrong_of_doubt(answer);
    if (wrong) return wrong;
  }
  return std::nullopt;
}

// It is a packet that is spoken of, and none of the ways that it may go is the one that is expected.
std::optional<Wrong> Trial::wrong_of_counterexample(const AskedFlow& answer) {
  ++tally_.replayed;
  auto arrival = arrival_of(answer.flow);
  auto verdicts = without_discarded(verdicts_of(trace_flow(scene_.traced, arrival)));
  bool is_broken = std::ranges::none_of(verdicts, [&](const FlowVerdict& verdict) {
    return is_as_expected(verdict, statement_.is) || verdict.outcome == FlowOutcome::kDepends;
  });
  // The tracer asks the same match anew each time; the prover knows that it has one answer for each packet.
  if (is_tied_ && verdicts.size() > 1) is_broken = true;
  if (is_broken && covered_->has(arrival)) return std::nullopt;
  return Wrong{.what = fmt::format("refuted by {}, which {}: {}", text_of(arrival),
                                   covered_->has(arrival) ? "is spoken of" : "is not spoken of",
                                   words_of(verdicts))};
}

// Of that packet it is as expected, and it is not. What the prover does not follow may be certain of one.
std::optional<Wrong> Trial::wrong_of_doubt(const AskedFlow& answer) {
  auto arrival = arrival_of(answer.flow);
  auto trace = trace_flow(scene_.traced, arrival);
  auto verdicts = without_discarded(verdicts_of(trace));
  auto is_good = [&](const FlowVerdict& verdict) { return is_as_expected(verdict, statement_.is); };
  auto is_untold = [](const FlowVerdict& verdict) { return verdict.outcome == FlowOutcome::kDepends; };
  bool hangs = std::ranges::any_of(verdicts, is_untold) || is_cut(trace) ||
               (std::ranges::any_of(verdicts, is_good) && !std::ranges::all_of(verdicts, is_good));
  bool is_unfollowed = !hangs && is_untold(answer.verdict);
  is_unfollowed_ = is_unfollowed_ || is_unfollowed;
  if (hangs) ++tally_.replayed;
  if (is_unfollowed) ++tally_.untold;
  if ((hangs || is_unfollowed) && covered_->has(arrival)) return std::nullopt;
  return Wrong{.what = fmt::format("depends, by {}, which {}: {}", text_of(arrival),
                                   covered_->has(arrival) ? "is spoken of" : "is not spoken of",
                                   words_of(verdicts))};
}

void Trial::count(const FlowTrace& trace) {
  std::vector<std::uint32_t> way;
  for (const auto& leg : trace.legs)
    for (const auto& step : leg.path.steps)
      if (step.kind == StepKind::kMatched || step.kind == StepKind::kPolicy)
        way.insert(way.end(),
                   {static_cast<std::uint32_t>(step.chain), static_cast<std::uint32_t>(step.rule)});
  ways_.insert(std::move(way));
  const auto& verdict = trace.verdict;
  auto rule = verdict.rule ? fmt::format("{} {}", verdict.rule->chain, verdict.rule->rule) : "";
  deciders_.insert(fmt::format("{} {} {} {}", static_cast<int>(verdict.decider),
                               static_cast<int>(verdict.reason), static_cast<int>(verdict.receiver), rule));
  tally_.with_choice = said_ == Said::kProved && deciders_.size() > 1 ? 1 : 0;
}

std::optional<Wrong> Trial::wrong_of(const Arrival& arrival) {
  if (said_ != Said::kProved && said_ != Said::kDepends) return std::nullopt;
  if (!covered_ || !covered_->has(arrival)) return std::nullopt;
  auto trace = trace_flow(scene_.traced, arrival);
  auto verdicts = without_discarded(verdicts_of(trace));
  if (is_discarded(verdicts.front())) {
    ++tally_.discarded;
    return std::nullopt;
  }
  count(trace);
  bool is_so = std::ranges::all_of(
      verdicts, [&](const FlowVerdict& verdict) { return is_as_expected(verdict, statement_.is); });
  bool is_certain = trace.branches.empty() && trace.verdict.outcome != FlowOutcome::kDepends;
  if (said_ == Said::kProved) {
    ++tally_.attempts;
    if (is_so) return std::nullopt;
    // The tracer asks the same match anew each time; the prover knows that it has one answer for each packet.
    if (is_cut(trace) || (is_tied_ && !is_certain)) {
      ++tally_.untold;
      return std::nullopt;
    }
    return Wrong{.what = fmt::format("proved, but {}: {}", text_of(arrival), words_of(verdicts)),
                 .packet = arrival};
  }
  ++tally_.doubts;
  if (is_so || !is_certain) return std::nullopt;
  if (is_unfollowed_ || said_alone(scene_.traced, scene_.state.state.sets, arrival).contains("depends")) {
    ++tally_.untold;
    return std::nullopt;
  }
  return Wrong{
      .what = fmt::format("depends, but surely broken by {}: {}", text_of(arrival), words_of(verdicts)),
      .packet = arrival};
}

std::optional<Wrong> Trial::first_wrong(std::size_t packets, std::uint64_t seed) {
  if (auto wrong = wrong_answer()) return wrong;
  if (said_ != Said::kProved && said_ != Said::kDepends) return std::nullopt;
  Attack attack(host_, *covered_, scene_, statement_.ends, seed);
  constexpr std::size_t kTries = 10;  // for each that is wanted
  for (std::size_t i = 0; i < packets * kTries && tally_.attempts + tally_.doubts < packets; ++i) {
    auto arrival = attack.draw();
    if (!arrival) continue;
    auto known = ways_.size();
    if (auto wrong = wrong_of(*arrival)) return wrong;
    if (ways_.size() > known) attack.keep(*arrival);
  }
  return std::nullopt;
}

}  // namespace pyfw
