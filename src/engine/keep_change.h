// Keeps what a change needs to be undone: the snapshot of the state before it, and, when others make a new
// plan necessary, what that plan changes more.

#pragma once

#include <optional>
#include <string>

#include "engine/enforce.h"
#include "keep/snapshots.h"
#include "keep/store.h"

namespace pyfw {

class ChangeKeeper {
 public:
  // `about`: what is known of the snapshot before anything changes.
  ChangeKeeper(Store& store, Snapshot about, AnnounceStage announce)
      : store_(store), snapshot_(std::move(about)), announce_(std::move(announce)) {}

  // As Remember has it.
  WriteDown keep(Change change, const State& live);

  // None before anything was written.
  [[nodiscard]] const std::string& id() const { return snapshot_.id; }

 private:
  Store& store_;
  Snapshot snapshot_;
  AnnounceStage announce_;
};

}  // namespace pyfw
