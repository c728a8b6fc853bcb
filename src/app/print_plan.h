// A plan on the terminal.

#pragma once

#include <optional>

#include "app/options.h"
#include "engine/backends.h"
#include "engine/look.h"
#include "show/description.h"
#include "show/json.h"

namespace pyfw {

struct PlanView {
  Description description;
  Remarks remarks;
  std::vector<Error> warnings;             // with places in the wishes
  std::optional<BackendChoice> backend{};  // of a live host
};

PlanView view_of(const Outlook& outlook, Description description);

// Data to standard output in the format asked for, remarks and warnings to standard error.
void print_plan(const PlanView& view, const Options& options);
void print_remarks(const PlanView& view);

}  // namespace pyfw
