#include "tests/random/seen.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace pyfw {
namespace {

bool is_certain(const FlowTrace& trace) {
  return trace.branches.empty() &&
         std::ranges::all_of(trace.legs, [](const Leg& leg) { return leg.path.questions.empty(); });
}

std::string target_in(const Rule& rule, std::string_view option) {
  const auto& text = rule.text;
  auto at = text.find(option);
  if (at == std::string::npos) return {};
  at = text.find(' ', at) + 1;
  return text.substr(at, text.find(' ', at) - at);
}

// Nothing where it chose what was asked for: others are led elsewhere.
std::optional<std::string> led_to(const TracedHost& host, const Path& path) {
  for (const auto& translation : path.translations) {
    bool is_led = translation.before.destination != translation.after.destination ||
                  translation.before.destination_port != translation.after.destination_port;
    if (is_led && translation.rule) return target_in(host.rule(*translation.rule), "--to-destination ");
  }
  for (const auto& step : path.steps)
    if (step.kind == StepKind::kMatched &&
        target_in(host.rule({step.chain, step.rule}), "--to-destination ").find('-') != std::string::npos)
      return std::nullopt;
  return "";
}

// Of what comes in, by the rule that it met.
std::string sent_as(const TracedHost& host, const Path& path) {
  for (const auto& step : path.steps) {
    if (step.kind != StepKind::kMatched) continue;
    const auto& rule = host.rule({step.chain, step.rule});
    if (rule.text.find("-j MASQUERADE") != std::string::npos) return "masquerade";
    if (auto source = target_in(rule, "--to-source "); !source.empty()) return source;
  }
  return "";
}

// What the host itself sends is mostly sent as what it is.
std::optional<std::pair<std::string, std::string>> nat_of(const TracedHost& host, const Leg& request) {
  auto to = led_to(host, request.path);
  auto from = sent_as(host, request.path);
  if (!to || (request.in_interface.empty() && !from.empty())) return std::nullopt;
  return std::pair(*to, from);
}

}  // namespace

Seen later_seen_of(const TracedHost& opener, const TracedHost& host, const Arrival& arrival) {
  auto opening = trace_flow(opener, arrival);
  Seen out{.is_cut = opening.branches.size() >= FlowOptions().branch_limit};
  if (opening.branches.empty()) opening.branches.push_back(opening);
  for (const auto& branch : opening.branches) {
    if (branch.verdict.outcome != FlowOutcome::kWorks) continue;
    auto later = trace_flow(host, later_request(arrival, branch), {.is_open = true});
    out.is_cut = out.is_cut || later.branches.size() >= FlowOptions().branch_limit;
    out.outcomes.merge(outcomes_of(later));
  }
  return out;
}

Seen seen_of(const TracedHost& host, const Arrival& arrival) {
  auto trace = trace_flow(host, arrival);
  Seen out{.outcomes = outcomes_of(trace), .is_cut = trace.branches.size() >= FlowOptions().branch_limit};
  if (!is_certain(trace)) return out;
  bool works = trace.verdict.outcome == FlowOutcome::kWorks;
  out.nat = works ? nat_of(host, trace.legs.front()) : std::pair<std::string, std::string>();
  return out;
}

std::string text_of(const Seen& seen) {
  return fmt::format("{}{}", fmt::join(seen.outcomes, " or "),
                     seen.nat ? fmt::format(", to '{}' from '{}'", seen.nat->first, seen.nat->second) : "");
}

std::string text_of(const Arrival& arrival) {
  const auto& packet = arrival.packet;
  return fmt::format("{} {} to {} {}, protocol {}, ttl {}, tos {}, length {}, by '{}'",
                     packet.source.to_string(), packet.source_port, packet.destination.to_string(),
                     packet.destination_port, packet.protocol, packet.ttl, packet.tos, packet.length,
                     arrival.in_interface);
}

}  // namespace pyfw
