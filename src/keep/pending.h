// A change that waits for its owner's confirm, and undoes itself when that does not come in time. All that
// the undo needs is on disk before the first rule changes.

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "keep/change.h"
#include "keep/record.h"
#include "keep/store.h"
#include "nf/backend.h"

namespace pyfw {

struct Pending {
  std::string id;                   // of the snapshot that was made for it
  Backend backend = Backend::kNft;  // that it was made on
  std::string boot;                 // /proc/sys/kernel/random/boot_id
  std::int64_t armed_at = 0;        // ms of CLOCK_BOOTTIME: connections older than this prove nothing
  std::int64_t deadline = 0;        // ms of CLOCK_BOOTTIME
  bool is_applied = false;          // all of it; else its apply was killed, or still runs
  std::string deadline_text{};      // for people: the time of day
  std::vector<Change> changes{};    // oldest first
  std::optional<Record> record{};   // to return to; none where there was none
  // The process that holds the deadline: its pid and when it started (ticks since boot, /proc/PID/stat),
  // which tells it from a later process of that number. 0 before it has reported.
  std::int64_t holder = 0;
  std::uint64_t holder_started = 0;

  bool operator==(const Pending&) const = default;
};

std::string write_pending(const Pending& pending);
Result<Pending> parse_pending(std::string_view text);

// None where nothing waits. Fails where the text is damaged.
Result<std::optional<Pending>> read_pending(Store& store);
Result<void> keep_pending(Store& store, const Pending& pending);
Result<void> drop_pending(Store& store);

}  // namespace pyfw
