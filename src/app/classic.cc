#include "app/classic.h"

#include <fmt/format.h>
#include <signal.h>

#include "app/print.h"
#include "app/sources.h"
#include "base/diff.h"
#include "base/strings.h"
#include "engine/run_commands.h"
#include "plan/commands.h"
#include "sys/linux_kernel.h"
#include "sys/lock.h"

namespace pyfw {
namespace {

void say_waiting() { print_note("another pyfw is at work on this host, waiting for it"); }

void print_remarks(const Outlook& outlook) {
  print_warnings(outlook.warnings);
  for (const auto& caveat : outlook.plan.caveats) print_note(caveat);
}

HostState desired_host(const Outlook& outlook) {
  return {.state = outlook.desired.state, .facts = outlook.live.facts};
}

Result<void> print_plan(const Options& options) {
  TRY(auto kernel, kernel_of(options));
  TRY(auto outlook, look(wishes_of(options), *kernel));
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
  TRY(auto facts, kernel.facts());
  auto diff = unified_diff(write_state_yaml(before),
                           write_state_yaml({.state = std::move(state), .facts = std::move(facts)}),
                           {.before = "state_before.yaml", .after = "real_state_after.yaml"});
  print_err("\nState change:\n\n" + diff);
  return {};
}

Result<void> apply(const Options& options) {
  if (options.has_saved_state())
    return bad_input("--apply changes the live host, so it takes no state from files",
                     "leave out --apply to see what it would do");
  TRY_VOID(require_root());
  // Whoever reads our lines may stop reading; the work that they tell of must not stop in its middle.
  signal(SIGPIPE, SIG_IGN);
  TRY(auto lock, lock_this_namespace(say_waiting));
  TRY(auto kernel, kernel_of(options));
  TRY(auto outlook, look(wishes_of(options), *kernel));
  TRY(auto groups, commands_of(outlook.plan));
  print_remarks(outlook);
  if (groups.empty()) {
    print_out("All wished already fullfilled.\n");
    return {};
  }
  TRY_VOID(run_commands(groups, *kernel, announce));
  return print_change(outlook.live, *kernel);
}

Result<void> print_state(const Options& options) {
  TRY(auto kernel, kernel_of(options));
  TRY(auto state, kernel->read());
  TRY(auto facts, kernel->facts());
  print_out(write_state_yaml({.state = std::move(state), .facts = std::move(facts)}));
  return {};
}

Result<void> print_desired_state(const Options& options) {
  TRY(auto kernel, kernel_of(options));
  TRY(auto outlook, look(wishes_of(options), *kernel));
  print_remarks(outlook);
  print_out(write_state_yaml(desired_host(outlook)));
  return {};
}

Result<void> print_state_diff(const Options& options) {
  TRY(auto kernel, kernel_of(options));
  TRY(auto outlook, look(wishes_of(options), *kernel));
  print_remarks(outlook);
  print_out(unified_diff(write_state_yaml(outlook.live), write_state_yaml(desired_host(outlook)),
                         {.before = "state.yaml", .after = "desired_state.yaml"}));
  return {};
}

Result<void> run(const Options& options) {
  switch (options.mode) {
    case ClassicMode::kApply: return apply(options);
    case ClassicMode::kPrintState: return print_state(options);
    case ClassicMode::kPrintDesiredState: return print_desired_state(options);
    case ClassicMode::kPrintStateDiff: return print_state_diff(options);
    case ClassicMode::kPlan: break;
  }
  return print_plan(options);
}

}  // namespace

ExitCode run_classic(const Options& options) {
  auto done = run(options);
  if (!done) print_error(done.error());
  return output_arrived() && done ? ExitCode::kDone : ExitCode::kFailed;
}

}  // namespace pyfw
