#include "app/check.h"

#include <algorithm>

#include "app/print.h"
#include "app/probe.h"
#include "app/sources.h"
#include "app/whole_host.h"
#include "ask/check.h"
#include "ask/check_json.h"
#include "ask/check_junit.h"
#include "ask/check_text.h"
#include "ask/everyone.h"

namespace pyfw {
namespace {

std::string as_asked(std::span<const Finding> findings, const Scene& scene, const Options& options) {
  if (options.format == "json") return as_json(findings, scene);
  if (options.format == "junit") return as_junit(findings);
  auto text = as_text(findings, output_is_coloured());
  if (options.verbose && std::ranges::any_of(findings, &Finding::is_about_everyone))
    text += "\n" + std::string(assumed_of_everyone());
  return text;
}

// Where the names in it lead nowhere, the place says which.
void warn_of_unanswered(std::span<const Finding> findings) {
  for (const auto& finding : findings)
    if (finding.standing == Standing::kUnanswered) print_warnings({{finding.error}});
}

// Whether all hold.
Result<bool> run(const Options& options, const World& world) {
  if (options.probes && options.has_saved_state())
    return bad_input("--probe sends packets on a live host, so it takes no state from files");
  TRY(auto wishes, wishes_of(options)());
  TRY(auto host, read_whole_host(options, world));
  Scene scene(std::move(host));
  auto findings = check(wishes.expectations, scene);
  if (options.probes) probe(findings, scene.traced.facts());
  warn_of_unanswered(findings);
  print_out(as_asked(findings, scene, options));
  return std::ranges::all_of(findings, holds);
}

}  // namespace

ExitCode run_check(const Options& options, const World& world) {
  auto all_hold = run(options, world);
  if (!all_hold) return report(all_hold.error());
  if (!output_arrived()) return ExitCode::kFailed;
  return *all_hold ? ExitCode::kDone : ExitCode::kNo;
}

}  // namespace pyfw
