// What an apply must not do by accident: turn an expectation false that holds, or shut the door through which
// its own owner came.

#pragma once

#include <functional>
#include <optional>

#include "ask/forecast.h"
#include "engine/kernel.h"
#include "wish/wishes.h"

namespace pyfw {

struct Guard {
  bool forces = false;        // it is done nevertheless
  bool has_way_back = false;  // and undone, if nobody confirms it
  // The connection that the apply was started over; none on a console. Asked where there is something to do.
  std::function<std::optional<CtTuple>()> own_connection{};
  std::function<void(const Forecast&)> show{};
};

using AskFacts = std::function<Result<AllFacts>()>;

// As it would be looked at: none where there is nothing to ask, and then nobody asks for facts either. Which
// flows change is only asked where rules or sets do; where nothing else is asked, that the facts can't be had
// is said of them. Else it fails then.
Result<std::optional<Forecast>> forecast_for(const Wishes& wishes, const State& live, const State& desired,
                                             const std::optional<CtTuple>& connection, Backend backend,
                                             const AskFacts& ask_facts, AskFlows ask_flows);

// Fails, at the place of the expectation, where a true one becomes false, or where the connection would not
// be let in any more. --force insists; a way back is enough for the connection.
Result<void> refuse_harm(const Forecast& forecast, const Guard& guard);

// What is to be said of it besides, where nothing is refused.
std::vector<std::string> warnings_of(const Forecast& forecast);

}  // namespace pyfw
