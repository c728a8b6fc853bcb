#include "engine/keep_change.h"

namespace pyfw {

WriteDown ChangeKeeper::keep(Change change, const State& live) {
  snapshot_.changes.push_back(std::move(change));
  if (!snapshot_.id.empty()) return [this] { return update_snapshot(store_, snapshot_); };
  return [this, texts = texts_of(live, snapshot_)]() -> Result<void> {
    if (announce_) announce_("snapshot");
    TRY(snapshot_.id, keep_snapshot(store_, texts));
    return {};
  };
}

}  // namespace pyfw
