// What a plan makes of the expectations, and of the connection that it was asked for over: as they are, and
// as they will be.
//
//   auto forecast = foresee(wishes, live, desired.state);
//   print_out(as_text(forecast, colour));

#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "ask/check.h"
#include "ask/flow_changes.h"
#include "ext/encounter.h"
#include "host/state_document.h"

namespace pyfw {

struct ForeseenExpectation {
  std::string name;
  Place place;
  Expected is = Expected::kWorks;
  Standing before = Standing::kHolds;
  Standing after = Standing::kHolds;
  std::vector<std::string> reasons{};  // what is otherwise than expected afterwards, flow by flow
  Error error{};                       // of an `after` that is kUnanswered

  // Holds, and then fails.
  [[nodiscard]] bool breaks() const { return before == Standing::kHolds && after == Standing::kFails; }
  [[nodiscard]] bool is_worth_a_line() const { return before != after || after != Standing::kHolds; }
};

// A connection, if it had to be opened anew.
struct ForeseenConnection {
  std::string title;  // "203.0.113.7 to 192.0.2.1:22/tcp"
  FlowOutcome before = FlowOutcome::kWorks;
  FlowOutcome after = FlowOutcome::kWorks;
  std::string line{};  // what is said of it afterwards

  // It is let in, and then surely not any more.
  [[nodiscard]] bool breaks() const;
};

struct Forecast {
  std::vector<ForeseenExpectation> expectations{};
  std::optional<ForeseenConnection> connection{};
  // Where that was asked. An error where it could not be told.
  std::optional<Result<FlowChanges>> flows{};
};

// Whether it is asked, too, which flows are treated otherwise.
enum class AskFlows : std::uint8_t { kNo, kYes };

// `connection` is the one that must not be lost, as its client sees it.
Forecast foresee(const Wishes& wishes, HostState live, const State& desired,
                 const std::optional<CtTuple>& connection = {}, AskFlows ask_flows = AskFlows::kNo);

// The flows, and of expectations only what changes or does not hold, and a total. Control characters are made
// visible.
std::string as_text(const Forecast& forecast, bool colour);

}  // namespace pyfw
