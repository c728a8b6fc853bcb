#include "ask/forecast.h"

#include <fmt/format.h>

#include <algorithm>

#include "ask/check_text.h"
#include "ask/ink.h"
#include "ask/verdict_words.h"
#include "base/strings.h"
#include "show/totals.h"

namespace pyfw {
namespace {

constexpr std::size_t kMostReasons = 5;

std::vector<std::string> reasons_of(const Finding& finding) {
  std::vector<std::string> reasons;
  for (const auto& answer : finding.answers)
    if (!is_as_expected(answer, finding.expectation->is))
      reasons.push_back(fmt::format("{}: {}", title_of(answer.flow), answer.line));
  return reasons;
}

ForeseenExpectation foreseen(const Finding& before, const Finding& after) {
  return {.name = after.expectation->name.text,
          .place = after.expectation->name.place,
          .is = after.expectation->is,
          .before = before.standing,
          .after = after.standing,
          .reasons = reasons_of(after),
          .error = after.error};
}

Endpoints endpoint_at(const Ip& ip, std::uint16_t port) {
  Endpoint endpoint{.text = {.text = ip.to_string(), .place = {}},
                    .kind = Endpoint::Kind::kAddress,
                    .prefix = {.ip = ip, .length = address_bits(ip.family())},
                    .ports = PortRange{.first = port, .last = port},
                    .protocol = kTcp};
  return {.any_of = {std::move(endpoint)}, .except = {}, .place = {}};
}

struct Passage {
  std::string title;
  FlowOutcome outcome;
  std::string line;
};

// None where nobody knows where it comes in, or where its end is not on this host (in another namespace).
std::optional<Passage> passage_of(const CtTuple& connection, const Scene& scene) {
  if (!is_local_address(scene.traced, connection.destination)) return {};
  auto flows = flows_between(endpoint_at(connection.source, connection.source_port),
                             endpoint_at(connection.destination, connection.destination_port), scene);
  if (!flows) return {};
  const auto& flow = flows->front();
  auto trace = trace_flow(scene.traced, arrival_of(flow));
  return Passage{
      .title = title_of(flow), .outcome = trace.verdict.outcome, .line = verdict_line(trace, scene.traced)};
}

std::optional<ForeseenConnection> foreseen(const CtTuple& connection, const Scene& live,
                                           const Scene& desired) {
  auto before = passage_of(connection, live);
  auto after = passage_of(connection, desired);
  if (!before || !after) return {};
  return ForeseenConnection{.title = std::move(after->title),
                            .before = before->outcome,
                            .after = after->outcome,
                            .line = std::move(after->line)};
}

std::string painted(Standing standing, const Ink& ink) {
  auto mark = mark_of(standing);
  if (standing == Standing::kHolds) return ink.green(mark);
  return standing == Standing::kFails ? ink.red(mark) : ink.yellow(mark);
}

// Of the flows.
std::string text_of(const Error& error) {
  auto out = fmt::format("\nWhich flows change can't be told: {}.\n", escape_control(error.message));
  return error.hint.empty() ? out : out + fmt::format("  {}\n", escape_control(error.hint));
}

std::string summary_of(const ForeseenExpectation& expectation) {
  if (expectation.after == Standing::kHolds) return std::string(word_of(expectation.is));
  auto expected = fmt::format("{} was expected", word_of(expectation.is));
  return expectation.after == Standing::kUnanswered
             ? fmt::format("{}; can't be answered: {}", expected, expectation.error.message)
             : expected;
}

}  // namespace

bool ForeseenConnection::breaks() const {
  auto is_shut = [](FlowOutcome outcome) {
    return outcome == FlowOutcome::kRefused || outcome == FlowOutcome::kDropped;
  };
  return !is_shut(before) && is_shut(after);
}

Forecast foresee(const Wishes& wishes, HostState live, const State& desired,
                 const std::optional<CtTuple>& connection, AskFlows ask_flows) {
  Scene now(std::move(live), named_networks(wishes));
  const auto& host = now.state;
  Scene then({.state = desired, .facts = host.facts, .backend = host.backend, .other = host.other}, now);
  auto before = check(wishes.expectations, now);
  auto after = check(wishes.expectations, then);
  Forecast forecast;
  for (std::size_t i = 0; i < before.size(); ++i)
    forecast.expectations.push_back(foreseen(before[i], after[i]));
  if (connection) forecast.connection = foreseen(*connection, now, then);
  bool knows_ways = !host.facts.interfaces.empty() && !host.facts.routes.empty();
  if (ask_flows == AskFlows::kYes && knows_ways) forecast.flows = flow_changes(now, then);
  return forecast;
}

std::string as_text(const Forecast& forecast, bool colour) {
  std::string out;
  if (forecast.flows && *forecast.flows) out += as_text(**forecast.flows, colour);
  if (forecast.flows && !*forecast.flows) out += text_of(forecast.flows->error());
  const auto& all = forecast.expectations;
  if (all.empty()) return out;
  Ink ink(colour);
  out += "\n";
  for (const auto& expectation : all) {
    if (!expectation.is_worth_a_line()) continue;
    auto marks = expectation.before == expectation.after
                     ? painted(expectation.after, ink)
                     : painted(expectation.before, ink) + "→" + painted(expectation.after, ink);
    out += fmt::format("{} {}: {}\n", marks, escape_control(expectation.name),
                       escape_control(summary_of(expectation)));
    const auto& reasons = expectation.reasons;
    for (std::size_t i = 0; i < std::min(reasons.size(), kMostReasons); ++i)
      out += fmt::format("    {}\n", escape_control(reasons[i]));
    if (reasons.size() > kMostReasons)
      out += fmt::format("    … and {} more\n", with_commas(reasons.size() - kMostReasons));
  }
  auto holding = [&](auto standing) {
    return static_cast<std::size_t>(std::ranges::count(all, Standing::kHolds, standing));
  };
  auto now = holding(&ForeseenExpectation::before);
  auto then = holding(&ForeseenExpectation::after);
  auto total = counted(all.size(), "expectation", "expectations");
  out += now == then
             ? fmt::format("{}: {} before and after.\n", total,
                           then == all.size() ? std::string("fulfilled") : fmt::format("{} fulfilled", then))
             : fmt::format("{}: {} fulfilled before, {} after.\n", total, now, then);
  return out;
}

}  // namespace pyfw
