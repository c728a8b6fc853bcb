// Snapshots: the state before each commit, as plain saves that can be restored without pyfw, and what pyfw
// then changed.
//
//   /var/lib/pyfw/host/7/iptables.save        iptables-restore < …
//                        ip6tables.save       ip6tables-restore < …
//                        ipset.save           ipset restore < …
//                        about                when, by what command, what was changed, the record before it

#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "keep/change.h"
#include "keep/record.h"
#include "keep/store.h"
#include "nf/backend.h"
#include "nf/state.h"

namespace pyfw {

enum class SnapshotKind { kApply, kRollback, kRepair };
std::string_view name_of(SnapshotKind kind);

struct Snapshot {
  std::string id;  // a number, larger for a later one
  SnapshotKind kind = SnapshotKind::kApply;
  std::optional<Backend> backend{};  // whose rules it changed; those of older versions do not tell
  std::string time;                  // "2026-11-20 13:19:59 UTC"
  std::string summary{};             // "3 rules new, 1 policy" in the words of the plan
  std::vector<Change> changes{};
  std::optional<Record> record{};  // before it

  bool operator==(const Snapshot&) const = default;
};

inline constexpr std::size_t kSnapshotsKept = 20;  // of applies and rollbacks; and as many of repairs

// What is written of one. To make them takes longer than to write them.
struct SnapshotTexts {
  std::string iptables;
  std::string ip6tables;
  std::string ipset;
  std::string about;
};
SnapshotTexts texts_of(const State& live, const Snapshot& snapshot);

// Writes them, and drops the oldest beyond kSnapshotsKept of its kind. Gives the id, which is one more than
// the largest there.
Result<std::string> keep_snapshot(Store& store, const SnapshotTexts& texts);
// Writes what is known of a snapshot anew (its changes grow when a plan is made again).
Result<void> update_snapshot(Store& store, const Snapshot& snapshot);

// Oldest first. One that can't be read is left out, and named in `damaged`.
struct Snapshots {
  std::vector<Snapshot> all;
  std::vector<std::string> damaged;
};
Result<Snapshots> read_snapshots(Store& store);

// The one of that id and all later ones. That there is none of it is bad input; one that
// is damaged can't be gone back to.
Result<std::span<const Snapshot>> snapshots_since(const Snapshots& snapshots, std::string_view id);

// [{"id": "7", "kind": "apply", "time": …, "summary": …}], oldest first. Ends with a newline.
std::string list_as_json(const Snapshots& snapshots);

}  // namespace pyfw
