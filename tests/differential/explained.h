// Differences that are known, and why they are right to be there. Each is as narrow as its reason.

#pragma once

#include <optional>
#include <string_view>

#include "scenario.h"
#include "trial.h"

namespace pyfw::differential {

// The reason; none: the difference is a fault.
std::optional<std::string_view> explanation(const Scenario& scenario, const Shipment& shipment,
                                            const Verdict& verdict);

}  // namespace pyfw::differential
