#include "tests/mutations/seen.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace pyfw {
namespace {

bool is_certain(const FlowTrace& trace) {
  return trace.branches.empty() &&
         std::ranges::all_of(trace.legs, [](const Leg& leg) { return leg.path.questions.empty(); });
}

std::string target_in(const Rule& rule) {
  const auto& text = rule.text;
  auto at = text.find("--to-destination ");
  if (at == std::string::npos) return {};
  at = text.find(' ', at) + 1;
  return text.substr(at, text.find(' ', at) - at);
}

// Nothing where it chose what was asked for: others are led elsewhere.
std::optional<std::string> led_to(const TracedHost& host, const Path& path) {
  for (const auto& translation : path.translations) {
    bool is_led = translation.before.destination != translation.after.destination ||
                  translation.before.destination_port != translation.after.destination_port;
    if (is_led && translation.rule) return target_in(host.rule(*translation.rule));
  }
  for (const auto& step : path.steps)
    if (step.kind == StepKind::kMatched &&
        target_in(host.rule({step.chain, step.rule})).find('-') != std::string::npos)
      return std::nullopt;
  return "";
}

}  // namespace

Seen seen_of(const TracedHost& host, const Arrival& arrival) {
  FlowOptions options;
  auto trace = trace_flow(host, arrival, options);
  Seen out{.is_cut = trace.branches.size() >= options.branch_limit};
  for (const auto& branch : trace.branches) out.outcomes.insert(word_of(branch.verdict.outcome));
  if (out.outcomes.empty()) out.outcomes.insert(word_of(trace.verdict.outcome));
  if (!is_certain(trace)) return out;
  bool works = trace.verdict.outcome == FlowOutcome::kWorks;
  out.to = works ? led_to(host, trace.legs.front().path) : std::string();
  return out;
}

std::string text_of(const Seen& seen) {
  return fmt::format("{}{}", fmt::join(seen.outcomes, " or "),
                     seen.to.value_or("").empty() ? "" : ", as " + *seen.to);
}

std::string text_of(const Arrival& arrival) {
  const auto& packet = arrival.packet;
  return fmt::format("{} {} to {} {}, protocol {}, ttl {}, tos {}, length {}, by '{}'",
                     packet.source.to_string(), packet.source_port, packet.destination.to_string(),
                     packet.destination_port, packet.protocol, packet.ttl, packet.tos, packet.length,
                     arrival.in_interface);
}

}  // namespace pyfw
