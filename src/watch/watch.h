// The daemon: holds true what was applied and confirmed last, whatever Docker and others do to the chains.
//
// It wakes when something happens, looks, and mends just what has drifted. It writes only under the lock that
// all of pyfw's writers take, leaves a change that waits for its confirm alone, and undoes one that is
// overdue. When it ends, the rules stay.

#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string_view>

#include "watch/events.h"
#include "watch/holding.h"

namespace pyfw {

struct Daemon {
  HostEvents& events;
  Store& store;
  const Clock& clock;
  std::function<Result<std::unique_ptr<Kernel>>()> open_kernel;
  LockWriters lock;
  // Takes 2 s at most, in a thread of its own.
  std::function<DockerSays()> ask_docker;
  // Undoes what was not confirmed in time.
  std::function<Result<void>()> undo;
  // The wishes as their files are by now; their path as the record has it.
  std::function<Result<Wishes>(const std::string& path)> read_files;
  // Applies those, with --follow; else an edit is only told of.
  std::function<Result<void>(const std::string& path)> apply_files;
  // A line of the log.
  std::function<void(std::string_view)> say;
  // Told of at least every kLongestSilence ms that it lives, with what it does in a few words.
  std::function<void(std::string_view standing)> show_life;
  std::int64_t pid = 0;
  std::uint64_t started = 0;  // see DaemonNote
};

inline constexpr std::int64_t kLongestSilence = 5'000;

// Until it is told to end. Fails only where nothing can be listened to any more.
Result<void> watch(const Daemon& daemon);

}  // namespace pyfw
