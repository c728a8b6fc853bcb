#include "app/classic.h"

#include <fmt/format.h>
#include <signal.h>

#include "app/live_host.h"
#include "app/print.h"
#include "app/request.h"
#include "app/settle.h"
#include "app/sources.h"
#include "base/diff.h"
#include "base/strings.h"
#include "engine/apply.h"
#include "engine/ownership.h"
#include "engine/run_commands.h"
#include "keep/variables.h"
#include "kernel/linux_kernel.h"
#include "plan/commands.h"
#include "sys/programs.h"

namespace pyfw {
namespace {

void print_remarks(const Outlook& outlook) {
  print_warnings(outlook.warnings);
  for (const auto& caveat : outlook.plan.caveats) print_note(caveat);
}

HostState desired_host(const Outlook& outlook) {
  return {.state = outlook.desired.state, .facts = outlook.live.facts};
}

Result<std::unique_ptr<Kernel>> kernel_to_look_at(const Options& options) {
  if (!options.has_saved_state()) warn_of_pending(options);
  return classic_kernel_of(options);
}

Result<Outlook> look_at(Kernel& kernel, const Options& options, Store* store) {
  std::optional<LastValues> kept;
  if (store != nullptr) {
    auto read = read_variables(*store);
    if (read) kept = std::move(*read);
    if (!read) print_warnings({{read.error()}});
  }
  TRY(auto outlook, look(wishes_of(options), kernel, {.last = kept.value_or(LastValues())}));
  outlook.kept = std::move(kept);
  return outlook;
}

// With what pyfw has kept of the host, where it is a live one.
Result<Outlook> look_at(Kernel& kernel, const Options& options) {
  // Who is not root is told by what he is after.
  if (options.has_saved_state() || !require_root()) return look_at(kernel, options, nullptr);
  auto store = open_store(options, Access::kLook);
  if (!store) print_warnings({{store.error()}});
  return look_at(kernel, options, store ? store->get() : nullptr);
}

Result<void> print_plan(const Options& options) {
  TRY(auto kernel, kernel_to_look_at(options));
  TRY(auto outlook, look_at(*kernel, options));
  TRY(auto groups, commands_of(outlook.plan));
  print_remarks(outlook);
  if (groups.empty()) {
    print_out("# no commands needed, all wished fullfilled\n");
  } else {
    print_out("# these commands should fullfill all given wishes:\n" + print_commands(groups));
  }
  return {};
}

void announce(std::size_t number, std::size_t count, std::span<const std::string> command) {
  print_out(fmt::format("Executing command {:2d}/{}: {}\n", number, count, shell_quote_all(command)));
}

Result<void> print_change(const HostState& before, Kernel& kernel) {
  TRY(auto state, kernel.read());
  TRY_VOID(kernel.finish_reading());
  TRY(auto facts, kernel.facts());
  auto diff = unified_diff(write_state_yaml(before),
                           write_state_yaml({.state = std::move(state), .facts = std::move(facts)}),
                           {.before = "state_before.yaml", .after = "real_state_after.yaml"});
  print_err("\nState change:\n\n" + diff);
  return {};
}

// What has gone from the wishes stays on the host, and in the record, so that `pyfw apply` can still remove
// it.
Result<void> keep_record(const Options& options, Outlook& outlook, Backend backend, Store& store) {
  auto before = read_record(store);
  if (!before) print_warnings({{before.error()}});
  if (before) outlook.record = *before;
  TRY(auto request, request_of(options));
  auto record = record_of(outlook, outlook.live.state, outlook.desired.state, request.wishes);
  record.backend = backend;
  if (outlook.record) record = united(*outlook.record, std::move(record));
  if (outlook.record != record) TRY_VOID(store.write(kRecordName, write_record(record)));
  return keep_values(outlook, store);
}

Result<void> apply(const Options& options, const World& world) {
  if (options.has_saved_state())
    return bad_input("--apply changes the live host, so it takes no state from files",
                     "leave out --apply to see what it would do");
  TRY_VOID(require_root());
  // Whoever reads our lines may stop reading; the work that they tell of must not stop in its middle.
  signal(SIGPIPE, SIG_IGN);
  // Its commands are run by `iptables`, whichever backend that means.
  auto usual = options;
  usual.backend = usual_backend();
  TRY(auto host, open_live_host(usual, world, Access::kWrite));
  TRY_VOID(settle_before(host, world));
  TRY(auto outlook, look_at(*host.kernel, options, host.store.get()));
  TRY(auto groups, commands_of(outlook.plan));
  print_remarks(outlook);
  if (groups.empty()) {
    print_out("All wished already fullfilled.\n");
    return keep_record(options, outlook, host.choice.backend, *host.store);
  }
  TRY_VOID(run_commands(groups, *host.kernel, announce));
  TRY_VOID(print_change(outlook.live, *host.kernel));
  return keep_record(options, outlook, host.choice.backend, *host.store);
}

Result<void> print_state(const Options& options) {
  TRY(auto kernel, kernel_to_look_at(options));
  TRY(auto state, kernel->read());
  TRY_VOID(kernel->finish_reading());
  TRY(auto facts, kernel->facts());
  print_out(write_state_yaml({.state = std::move(state), .facts = std::move(facts)}));
  return {};
}

Result<void> print_desired_state(const Options& options) {
  TRY(auto kernel, kernel_to_look_at(options));
  TRY(auto outlook, look_at(*kernel, options));
  print_remarks(outlook);
  print_out(write_state_yaml(desired_host(outlook)));
  return {};
}

Result<void> print_state_diff(const Options& options) {
  TRY(auto kernel, kernel_to_look_at(options));
  TRY(auto outlook, look_at(*kernel, options));
  print_remarks(outlook);
  print_out(unified_diff(write_state_yaml(outlook.live), write_state_yaml(desired_host(outlook)),
                         {.before = "state.yaml", .after = "desired_state.yaml"}));
  return {};
}

Result<void> run(const Options& options, const World& world) {
  switch (options.mode) {
    case ClassicMode::kApply: return apply(options, world);
    case ClassicMode::kPrintState: return print_state(options);
    case ClassicMode::kPrintDesiredState: return print_desired_state(options);
    case ClassicMode::kPrintStateDiff: return print_state_diff(options);
    case ClassicMode::kPlan: break;
  }
  return print_plan(options);
}

}  // namespace

ExitCode run_classic(const Options& options, const World& world) {
  auto done = run(options, world);
  if (!done) print_error(done.error());
  return output_arrived() && done ? ExitCode::kDone : ExitCode::kFailed;
}

}  // namespace pyfw
