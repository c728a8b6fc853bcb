// What the daemon has repaired, for `pyfw status`: the newest of it, and how often in all. It survives the
// daemon, and does not grow without end.

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "keep/store.h"

namespace pyfw {

struct Repair {
  std::string time;                // when it was done: "2026-11-20 13:19:59 UTC"
  std::int64_t lasted_ms = 0;      // from when the drift was seen until it was repaired
  std::string what;                // "filter FORWARD: 1 rule moved"
  std::vector<std::string> who{};  // "iptables (pid 4711)"; empty where nobody can tell
  std::string failure{};           // why it was not repaired; empty where it was

  bool operator==(const Repair&) const = default;
};

struct History {
  std::uint64_t repairs = 0;   // of all times
  std::uint64_t failures = 0;  // of all times
  std::vector<Repair> newest{};

  bool operator==(const History&) const = default;
};

inline constexpr std::size_t kRepairsKept = 200;
inline constexpr std::string_view kHistoryName = "history";

// Drops the oldest beyond kRepairsKept.
void add(History& history, Repair repair);

std::string write_history(const History& history);
// Fails on a text that is cut, changed or of another version; never crashes.
Result<History> parse_history(std::string_view text);
// An empty one where none was kept.
Result<History> read_history(Store& store);

}  // namespace pyfw
