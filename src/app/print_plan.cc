#include "app/print_plan.h"

#include <fmt/format.h>

#include "app/print.h"
#include "show/text.h"

namespace pyfw {

PlanView view_of(const Outlook& outlook, Description description) {
  PlanView view{.description = std::move(description), .remarks = {}, .warnings = outlook.warnings};
  for (const auto& warning : outlook.warnings) view.remarks.warnings.push_back(render(warning, "warning"));
  for (const auto& message : outlook.messages) view.remarks.warnings.push_back(message);
  return view;
}

void print_remarks(const PlanView& view) {
  if (view.backend && !view.description.empty())
    print_note(fmt::format("working on the {} rules: {}", name_of(view.backend->backend), view.backend->why));
  print_warnings(view.warnings);
  for (auto i = view.warnings.size(); i < view.remarks.warnings.size(); ++i)
    print_note(view.remarks.warnings[i]);
  for (const auto& rule : view.remarks.unrehearsed)
    print_note("can't be rehearsed, since it needs an object of this host: " + rule);
}

void print_plan(const PlanView& view, const Options& options) {
  print_remarks(view);
  print_out(options.format == "json" ? as_json(view.description, view.remarks)
                                     : as_text(view.description, output_is_coloured()));
}

}  // namespace pyfw
