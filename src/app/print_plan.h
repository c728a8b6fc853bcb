// A plan on the terminal.

#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/options.h"
#include "ask/forecast.h"
#include "engine/backends.h"
#include "engine/look.h"
#include "show/description.h"
#include "show/json.h"

namespace pyfw {

struct PlanView {
  Description description;
  std::vector<Error> warnings;             // with places in the wishes
  std::vector<std::string> notes;          // what stays nevertheless, and what can't be had on the way
  std::vector<std::string> unrehearsed{};  // rules that could not be tried
  std::optional<BackendChoice> backend{};  // of a live host
  std::optional<Forecast> forecast{};      // where expectations were asked about
};

PlanView view_of(const Outlook& outlook, Description description);
// All that there is to say of it, for programs.
Remarks remarks_of(const PlanView& view);

// Data to standard output in the format asked for, remarks and warnings to standard error.
void print_plan(const PlanView& view, const Options& options);
void print_remarks(const PlanView& view);

}  // namespace pyfw
