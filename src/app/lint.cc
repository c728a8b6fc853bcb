#include "app/lint.h"

#include "app/live_host.h"
#include "app/own_connection.h"
#include "app/print.h"
#include "app/sources.h"
#include "engine/look_leniently.h"
#include "keep/variables.h"
#include "kernel/saved_kernel.h"
#include "lint/lint.h"
#include "lint/lint_json.h"
#include "lint/lint_text.h"
#include "lint/stand_in.h"

namespace pyfw {
namespace {

// Which parts of a host somebody has looked at.
struct Known {
  bool rules = true;
  bool sets = true;
  bool facts = true;
  std::optional<CtTuple> connection{};
};

LintResult lint_of(const Wishes& wishes, LenientLook seen, const Known& known) {
  LintInput input{.wishes = wishes,
                  .written = seen.written,
                  .desired = seen.desired,
                  .host = seen.live,
                  .knows_rules = known.rules,
                  .knows_facts = known.facts,
                  .refused = std::move(seen.refused),
                  .connection = known.connection};
  if (known.rules) {
    input.missing = std::move(seen.missing_chains);
    input.uncalled = std::move(seen.uncalled);
  }
  if (known.sets)
    for (auto& error : seen.missing_sets) input.missing.push_back(std::move(error));
  return lint(std::move(input));
}

Result<LintResult> lint_on_saved(const Options& options, const Wishes& wishes) {
  TRY(auto saved, saved_host_of(options));
  Known known{.sets = !options.use_state.empty() || !options.ipset_save.empty(),
              .facts = !saved.facts.interfaces.empty()};
  SavedKernel kernel(with_stand_in_facts(std::move(saved), wishes));
  TRY(auto seen, look_leniently(wishes, kernel, {}, {}));
  if (known.facts) print_warnings(seen.warnings);
  return lint_of(wishes, std::move(seen), known);
}

Result<LintResult> lint_on_no_host(const Wishes& wishes) {
  SavedKernel kernel(stand_in_host(wishes));
  TRY(auto seen, look_leniently(wishes, kernel, {}, {}));
  return lint_of(wishes, std::move(seen), {.rules = false, .sets = false, .facts = false});
}

// A record that can't be read is none: lint says what is wrong with the wishes.
std::optional<Record> record_in(Store& store) { return read_record(store).value_or(std::nullopt); }

Result<LintResult> lint_on_live(const Options& options, const World& world, const Wishes& wishes) {
  TRY(auto host, open_live_host(options, world, Access::kLookAtBoth));
  warn_of_pending(*host.store);
  auto kept = read_variables(*host.store);
  TRY(auto seen, look_leniently(wishes, *host.kernel, kept ? *kept : LastValues(), record_in(*host.store)));
  print_warnings(seen.warnings);
  return lint_of(wishes, std::move(seen), {.connection = own_connection()});
}

Result<LintResult> look_as_asked(const Options& options, const World& world, const Wishes& wishes) {
  if (options.has_no_host) return lint_on_no_host(wishes);
  return options.has_saved_state() ? lint_on_saved(options, wishes) : lint_on_live(options, world, wishes);
}

std::string as_asked(std::span<const Advice> advices, const Options& options) {
  if (options.format == "json") return lint_json(advices);
  if (options.format == "sarif") return lint_sarif(advices, PYFW_VERSION);
  return lint_text(advices, output_is_coloured());
}

}  // namespace

ExitCode run_lint(const Options& options, const World& world) {
  auto wishes = wishes_of(options)();
  if (!wishes) return report(wishes.error());
  auto found = look_as_asked(options, world, *wishes);
  if (!found) return report(found.error());
  print_warnings(found->gaps);
  print_out(as_asked(found->advices, options));
  if (!output_arrived()) return ExitCode::kFailed;
  return matter(found->advices) ? ExitCode::kNo : ExitCode::kDone;
}

}  // namespace pyfw
