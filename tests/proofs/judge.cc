#include "judge.h"

#include <fmt/format.h>

#include <algorithm>

#include "ask/verdict_words.h"
#include "border_packets.h"

namespace pyfw::proofs {
namespace {

constexpr std::size_t kMostBorderPackets = 16;

const Leg* refusal_in(const FlowTrace& told) {
  auto leg = std::ranges::find(told.legs, LegRole::kRefusal, &Leg::role);
  return leg == told.legs.end() ? nullptr : &*leg;
}

// With which answer it is refused, and as what it reaches another host.
std::string difference(const FlowTrace& told, const Played& played) {
  if (told.verdict.outcome != played.outcome) return "outcome";
  if (const auto* refusal = refusal_in(told); refusal != nullptr && played.answer) {
    const auto& said = refusal->packet;
    const auto& got = *played.answer;
    if (said.protocol != got.protocol || said.icmp_type != got.icmp_type || said.icmp_code != got.icmp_code)
      return "answer";
  }
  const auto& request = told.legs.front().path;
  bool is_sent_on = request.ending.kind == EndKind::kForwarded;
  if (played.outcome != FlowOutcome::kWorks) return {};
  if (is_sent_on != played.reached.has_value()) return "receiver";
  if (is_sent_on && (request.last.packet.destination != played.reached->destination ||
                     request.last.packet.destination_port != played.reached->destination_port))
    return "destination";
  return {};
}

std::string in_words(const Arrival& request) {
  return fmt::format("{} by {}", differential::in_words(request.packet), request.in_interface);
}

std::string in_words(const Expectation& expectation) {
  auto of = [](const Endpoints& ends) {
    std::string out;
    for (const auto& end : ends.any_of) out += end.text.text + " ";
    for (const auto& end : ends.except) out += "but " + end.text.text + " ";
    return out;
  };
  return fmt::format("'{}': {}to {}is {}", expectation.name.text, of(expectation.from), of(expectation.to),
                     word_of(expectation.is));
}

// One host and what was found there.
class Judge {
 public:
  Judge(LiveHost& host, differential::Dice& dice) : host_(host), dice_(dice) {}

  Result<void> add(const Finding& finding) {
    switch (finding.standing) {
      case Standing::kHolds: ++out_.proved; return try_to_break(finding);
      case Standing::kFails: ++out_.refuted; return show(finding);
      case Standing::kDepends: ++out_.depending; return {};
      case Standing::kUnanswered: break;
    }
    ++out_.unanswered;
    if (finding.error.message.contains("contradicts itself")) note(finding, finding.error.message);
    return {};
  }
  Judged take() { return std::move(out_); }

 private:
  void note(const Finding& finding, const std::string& what) {
    out_.contradictions.push_back(fmt::format("{}\n  {}", in_words(*finding.expectation), what));
  }

  Result<void> show(const Finding& finding) {
    for (const auto& answer : finding.answers) {
      if (answer.flow.is_local()) continue;  // from a lone address, which is the host's own
      auto request = arrival_of(answer.flow);
      ++out_.counterexamples;
      // Whatever it hangs on, it is not as was expected.
      if (answer.verdict.outcome == FlowOutcome::kDepends) {
        TRY(bool holds, holds_of(request, finding));
        if (holds)
          note(finding, fmt::format("refuted, but {}: {}", in_words(request), proofs::in_words(played_)));
        continue;
      }
      TRY(auto wrong, contradiction(request, host_));
      if (!wrong.empty()) note(finding, fmt::format("refuted by {}: {}", answer.line, wrong));
    }
    return {};
  }

  // Whether what is expected holds of that one.
  Result<bool> holds_of(const Arrival& request, const Finding& finding) {
    TRY(played_, host_.play(request));
    return is_as_expected(FlowVerdict{.outcome = played_.outcome}, finding.expectation->is);
  }

  Result<void> try_to_break(const Finding& finding) {
    const auto& expectation = *finding.expectation;
    TRY(auto requests, border_packets(expectation, host_.scene(), kMostBorderPackets, dice_));
    for (const auto& request : requests) {
      ++out_.border_packets;
      TRY(bool holds, holds_of(request, finding));
      if (!holds)
        note(finding, fmt::format("proved, but {}: {}", in_words(request), proofs::in_words(played_)));
    }
    return {};
  }

  LiveHost& host_;
  differential::Dice& dice_;
  Played played_{};
  Judged out_{};
};

}  // namespace

Judged& Judged::operator+=(const Judged& other) {
  proved += other.proved;
  refuted += other.refuted;
  depending += other.depending;
  unanswered += other.unanswered;
  counterexamples += other.counterexamples;
  border_packets += other.border_packets;
  contradictions.insert(contradictions.end(), other.contradictions.begin(), other.contradictions.end());
  return *this;
}

std::string in_words(const Judged& judged) {
  return fmt::format(
      "{} proved ({} packets tried to break them), {} refuted (by {} packets), {} depend, {} unanswered, {} "
      "contradictions",
      judged.proved, judged.border_packets, judged.refuted, judged.counterexamples, judged.depending,
      judged.unanswered, judged.contradictions.size());
}

Result<std::string> contradiction(const Arrival& request, LiveHost& host) {
  auto told = trace_flow(host.scene().traced, request);
  TRY(auto played, host.play(request));
  auto what = difference(told, played);
  if (what.empty()) return what;
  return fmt::format("another {} of {}: {}, told {}", what, in_words(request), in_words(played),
                     verdict_line(told, host.scene().traced));
}

Result<Judged> judge(std::span<const Finding> findings, LiveHost& host, differential::Dice& dice) {
  Judge judge(host, dice);
  for (const auto& finding : findings) TRY_VOID(judge.add(finding));
  return judge.take();
}

}  // namespace pyfw::proofs
