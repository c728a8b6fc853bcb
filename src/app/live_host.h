// What a subcommand works on: the network namespace, the kernel on the right backend, pyfw's own memory, and,
// for one that writes, the lock.

#pragma once

#include <memory>
#include <optional>
#include <string>

#include "app/options.h"
#include "app/world.h"
#include "base/fd.h"
#include "engine/backends.h"
#include "engine/kernel.h"
#include "keep/store.h"

namespace pyfw {

enum class Access {
  kLook,
  kLookAtBoth,  // at the rules of both backends
  kWrite,
  kUndo,  // writes, on the backend of the change that waits for its confirm, where one does
};

struct LiveHost {
  Fd lock;
  std::optional<Backend> asked{};  // by --backend, or by the change that is to be undone
  BackendChoice choice;
  std::unique_ptr<Kernel> kernel;
  std::unique_ptr<Store> store;
};

// Enters --netns. Fails where we are not root, and where another pyfw does not end in time.
Result<LiveHost> open_live_host(const Options& options, const World& world, Access access);

// The same without a kernel, of which the record may have to tell first.
Result<LiveHost> open_remembered_host(const Options& options, Access access);
// To look at what was applied last: on the backend that it was applied to, whatever rules others have since.
Result<void> open_recorded_kernel(LiveHost& host, const World& world);
Result<LiveHost> open_recorded_host(const Options& options, const World& world, Access access);

// Where nothing else was asked for, and that backend can still be written. None where that is not known.
std::optional<Backend> recorded_backend(Store& store);

std::unique_ptr<Kernel> live_kernel(Backend backend, const World& world);

// Only what pyfw knows of the namespace, in which --netns was entered already.
Result<std::unique_ptr<Store>> open_store(const Options& options, Access access);

// Says on standard error that a change waits for its confirm, or for its undo.
void warn_of_pending(Store& store);
// Where nothing else is asked of the store.
void warn_of_pending(const Options& options);

}  // namespace pyfw
