#include "app/print_plan.h"

#include <fmt/format.h>

#include "app/print.h"
#include "show/text.h"

namespace pyfw {

PlanView view_of(const Outlook& outlook, Description description) {
  PlanView view{
      .description = std::move(description), .warnings = outlook.warnings, .notes = outlook.messages};
  return view;
}

Remarks remarks_of(const PlanView& view) {
  Remarks remarks{.warnings = {}, .unrehearsed = view.unrehearsed};
  for (const auto& warning : view.warnings) remarks.warnings.push_back(render(warning, "warning"));
  remarks.warnings.insert(remarks.warnings.end(), view.notes.begin(), view.notes.end());
  if (!view.forecast) return remarks;
  for (const auto& expectation : view.forecast->expectations)
    remarks.expectations.push_back({.name = expectation.name,
                                    .is = std::string(word_of(expectation.is)),
                                    .before = std::string(word_of(expectation.before)),
                                    .after = std::string(word_of(expectation.after)),
                                    .reasons = expectation.reasons});
  if (!view.forecast->flows || !*view.forecast->flows) return remarks;
  auto& flows = remarks.flows.emplace();
  const auto& changes = **view.forecast->flows;
  if (changes.open_untold)
    remarks.warnings.push_back("what becomes of open connections can't be told: " +
                               changes.open_untold->message);
  for (const auto& change : changes.lines)
    flows.push_back({.connections = change.connections,
                     .protocols = change.protocols,
                     .families = change.families,
                     .from = words_of(change.from, change.from.names.size()),
                     .interfaces = change.interfaces,
                     .to = words_of(change.to, change.to.names.size()),
                     .ports = change.ports,
                     .conditions = change.conditions,
                     .before = change.before,
                     .after = change.after});
  return remarks;
}

void print_remarks(const PlanView& view) {
  if (view.backend && !view.description.empty())
    print_note(fmt::format("working on the {} rules: {}", name_of(view.backend->backend), view.backend->why));
  print_warnings(view.warnings);
  for (const auto& note : view.notes) print_note(note);
  for (const auto& rule : view.unrehearsed)
    print_note("can't be rehearsed, since it needs an object of this host: " + rule);
}

void print_plan(const PlanView& view, const Options& options) {
  print_remarks(view);
  if (options.format == "json") return print_out(as_json(view.description, remarks_of(view)));
  print_out(as_text(view.description, output_is_coloured()));
  if (view.forecast) print_out(as_text(*view.forecast, output_is_coloured()));
}

}  // namespace pyfw
