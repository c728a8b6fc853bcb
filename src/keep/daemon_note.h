// What the daemon tells of itself, for `pyfw status`.

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "keep/store.h"

namespace pyfw {

struct DaemonNote {
  std::int64_t pid = 0;
  std::uint64_t started = 0;  // ticks since boot, which tell it from a later process of that number
  std::string since;          // "2026-11-20 13:19:59 UTC"
  bool follows = false;       // edits of the wishes at once
  std::vector<std::string> watched{};
  std::string standing{};  // in words what it does now where it does not just hold the wishes
  std::string edit{};  // in words what is to be said of the wishes' files; empty where they are the record's

  bool operator==(const DaemonNote&) const = default;
};

inline constexpr std::string_view kDaemonNoteName = "daemon";

std::string write_daemon_note(const DaemonNote& note);
// Fails on a text that is cut, changed or of another version; never crashes.
Result<DaemonNote> parse_daemon_note(std::string_view text);
// None where no daemon has run.
Result<std::optional<DaemonNote>> read_daemon_note(Store& store);

}  // namespace pyfw
