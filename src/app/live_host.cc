#include "app/live_host.h"

#include <fmt/format.h>

#include <utility>

#include "app/print.h"
#include "engine/undo.h"
#include "keep/pending.h"
#include "keep/record.h"
#include "kernel/find_backend.h"
#include "kernel/linux_kernel.h"
#include "sys/boot_clock.h"
#include "sys/lock.h"
#include "sys/namespace_part.h"
#include "sys/network_namespace.h"
#include "sys/programs.h"
#include "sys/state_dir.h"

namespace pyfw {
namespace {

bool is_writing(Access access) { return access == Access::kWrite || access == Access::kUndo; }

void open_kernel(LiveHost& host, BackendChoice choice, const World& world) {
  host.choice = std::move(choice);
  host.kernel = live_kernel(host.choice.backend, world);
}

}  // namespace

Result<LiveHost> open_remembered_host(const Options& options, Access access) {
  if (!options.netns.empty()) TRY_VOID(enter_network_namespace(options.netns));
  TRY_VOID(require_root());
  LiveHost host;
  if (is_writing(access)) {
    TRY(host.lock,
        lock_this_namespace([] { print_note("another pyfw is at work on this host, waiting for it"); }));
  }
  TRY(host.store, open_store(options, access));
  host.asked = options.backend;
  if (access == Access::kUndo) {
    TRY(auto pending, read_pending(*host.store));
    if (pending) host.asked = pending->backend;
  }
  return host;
}

Result<LiveHost> open_live_host(const Options& options, const World& world, Access access) {
  TRY(auto host, open_remembered_host(options, access));
  TRY(auto choice, access == Access::kLookAtBoth ? find_main_backend(host.asked) : find_backend(host.asked));
  open_kernel(host, std::move(choice), world);
  return host;
}

Result<void> open_recorded_kernel(LiveHost& host, const World& world) {
  if (auto recorded = host.asked ? std::nullopt : recorded_backend(*host.store)) {
    open_kernel(host, {.backend = *recorded, .why = "the wishes were applied to it"}, world);
    return {};
  }
  TRY(auto choice, find_backend(host.asked));
  open_kernel(host, std::move(choice), world);
  return {};
}

Result<LiveHost> open_recorded_host(const Options& options, const World& world, Access access) {
  TRY(auto host, open_remembered_host(options, access));
  TRY_VOID(open_recorded_kernel(host, world));
  return host;
}

std::optional<Backend> recorded_backend(Store& store) {
  auto record = read_record(store);
  if (!record || !*record || !(*record)->backend) return std::nullopt;
  return program_for(Family::kIpv4, *(*record)->backend, "save") ? (*record)->backend : std::nullopt;
}

std::unique_ptr<Kernel> live_kernel(Backend backend, const World& world) {
  std::unique_ptr<Kernel> kernel = std::make_unique<LinuxKernel>(backend);
  return world.around_kernel ? world.around_kernel(std::move(kernel)) : std::move(kernel);
}

Result<std::unique_ptr<Store>> open_store(const Options& options, Access access) {
  TRY(auto part, part_of_this_namespace());
  return open_state_dir(options.state_dir, part,
                        is_writing(access) ? StateAccess::kWrite : StateAccess::kLook);
}

void warn_of_pending(Store& store) {
  auto pending = read_pending(store);
  if (!pending) return print_warnings({{pending.error()}});
  BootClock clock;
  switch (waiting_of(*pending, clock)) {
    case Waiting::kNone: return;
    case Waiting::kInTime:
      return print_note(fmt::format("{} undoes itself at {}",
                                    (*pending)->is_applied ? "a change that waits for `pyfw confirm`"
                                                           : "an apply that has not come to its end",
                                    (*pending)->deadline_text));
    case Waiting::kOverdue:
      return print_note("a change was not confirmed and still has to be undone: `pyfw rollback` does it");
  }
}

void warn_of_pending(const Options& options) {
  // Who is not root is told by what he is after.
  if (!require_root()) return;
  auto store = open_store(options, Access::kLook);
  if (!store) return print_warnings({{store.error()}});
  warn_of_pending(**store);
}

}  // namespace pyfw
