#include "engine/guard.h"

#include <fmt/format.h>

#include "ask/verdict_words.h"

namespace pyfw {
namespace {

std::string first_reason(const ForeseenExpectation& expectation) {
  return expectation.reasons.empty() ? "" : ": " + expectation.reasons.front();
}

std::unexpected<Error> refusal_of(const ForeseenExpectation& expectation) {
  auto refusal = fail(fmt::format("the expectation '{}' holds, and would not any more{}", expectation.name,
                                  first_reason(expectation)),
                      "nothing was changed; --force applies it nevertheless");
  refusal.error().place = expectation.place;
  return refusal;
}

std::unexpected<Error> refusal_of(const ForeseenConnection& connection) {
  return fail(fmt::format("the connection over which this was started, {}, would not be let in any more: {}",
                          connection.title, connection.line),
              "nothing was changed; --confirm-within 60s undoes it if you can't get in, --force insists");
}

}  // namespace

Result<std::optional<Forecast>> forecast_for(const Wishes& wishes, const State& live, const State& desired,
                                             const std::optional<CtTuple>& connection, Backend backend,
                                             const AskFacts& ask_facts, AskFlows ask_flows) {
  if (live == desired) ask_flows = AskFlows::kNo;
  bool needs_facts = !wishes.expectations.empty() || connection;
  if (!needs_facts && ask_flows == AskFlows::kNo) return std::nullopt;
  auto known = ask_facts();
  if (!known && needs_facts) return std::unexpected(std::move(known).error());
  if (!known) return Forecast{.flows = std::unexpected(std::move(known).error())};
  HostState host{.state = live,
                 .facts = std::move(known->facts),
                 .backend = backend,
                 .other = std::move(known->other_rules)};
  return foresee(wishes, std::move(host), desired, connection, ask_flows);
}

Result<void> refuse_harm(const Forecast& forecast, const Guard& guard) {
  if (guard.forces) return {};
  for (const auto& expectation : forecast.expectations)
    if (expectation.breaks()) return refusal_of(expectation);
  if (forecast.connection && forecast.connection->breaks() && !guard.has_way_back)
    return refusal_of(*forecast.connection);
  return {};
}

std::vector<std::string> warnings_of(const Forecast& forecast) {
  std::vector<std::string> warnings;
  for (const auto& expectation : forecast.expectations) {
    switch (expectation.after) {
      case Standing::kHolds: break;
      case Standing::kFails:
        warnings.push_back(fmt::format("the expectation '{}' {} false{}", expectation.name,
                                       expectation.breaks()                     ? "becomes"
                                       : expectation.before == Standing::kFails ? "stays"
                                                                                : "is",
                                       first_reason(expectation)));
        break;
      case Standing::kDepends:
        warnings.push_back(fmt::format("whether the expectation '{}' holds can't be told{}", expectation.name,
                                       first_reason(expectation)));
        break;
      case Standing::kUnanswered:
        warnings.push_back(fmt::format("the expectation '{}' can't be answered: {}", expectation.name,
                                       expectation.error.message));
    }
  }
  const auto& connection = forecast.connection;
  if (connection && connection->after != FlowOutcome::kWorks && connection->after != connection->before)
    warnings.push_back(
        fmt::format("the connection over which this was started, {}, if it had to be opened anew: {}",
                    connection->title, connection->line));
  return warnings;
}

}  // namespace pyfw
