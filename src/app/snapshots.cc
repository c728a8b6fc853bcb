#include "app/snapshots.h"

#include <fmt/format.h>

#include "app/live_host.h"
#include "app/print.h"
#include "keep/snapshots.h"
#include "sys/network_namespace.h"

namespace pyfw {
namespace {

std::string as_text(const Snapshots& snapshots, const std::string& folder) {
  if (snapshots.all.empty()) return "No snapshot was made yet.\n";
  std::string text;
  for (const auto& snapshot : snapshots.all)
    text += fmt::format("{:>4}  {}  before {:<8}  {}\n", snapshot.id, snapshot.time, name_of(snapshot.kind),
                        snapshot.summary);
  return text +
         fmt::format("\nTo return to one: pyfw rollback ID. As plain saves they are in {}/ID.\n", folder);
}

Result<void> run(const Options& options) {
  if (!options.netns.empty()) TRY_VOID(enter_network_namespace(options.netns));
  TRY(auto store, open_store(options, Access::kLook));
  warn_of_pending(*store);
  TRY(auto snapshots, read_snapshots(*store));
  for (const auto& damaged : snapshots.damaged) print_note(fmt::format("snapshot {} is damaged", damaged));
  print_out(options.format == "json" ? list_as_json(snapshots) : as_text(snapshots, store->path()));
  return {};
}

}  // namespace

ExitCode run_snapshots(const Options& options, const World& /*world*/) {
  auto done = run(options);
  if (!done) return report(done.error());
  return output_arrived() ? ExitCode::kDone : ExitCode::kFailed;
}

}  // namespace pyfw
