// What runs in the cage: its first process, which builds the file tree and starts the script, and the
// script's way from there to exec. Nothing here allocates, since it runs between clone and exec of a program
// that may have several threads.

#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "cage/tree_plan.h"

namespace pyfw {

// What the first process tells its parent, one packet each.
enum class CageWordKind : std::uint8_t {
  kInNetwork,    // it is in a network namespace of its own, which is empty
  kBufferCalls,  // with it comes a descriptor, where calls for larger buffers wait (forced_buffers.h)
  kFailed,       // the text says at what; the number is errno
  kMasked,       // the text is part of what the stand-ins wrote
  kSetting,      // the text is the name of a setting that was written, a newline, and its value
  kEnded,        // the script's exit status is the number; none of its processes is left
};

struct CageWord {
  CageWordKind kind = CageWordKind::kEnded;
  int number = 0;
  std::size_t size = 0;
  char text[1024] = {};  // NOLINT: goes through a socket as it is
};

// The second process of its namespace, and the leader of a session.
inline constexpr int kScriptsPid = 2;
// Where the stand-ins write what they were asked to do, and how often the script has waited.
inline constexpr const char* kMaskedFile = "/run/pyfw-masked";
inline constexpr const char* kWaitsFile = "/run/pyfw-waits";

struct Inside {
  const TreePlan& tree;
  std::span<char* const> argv;         // ends with a null, as execve takes it
  std::span<char* const> environment;  // likewise
  const char* folder;                  // where the script begins
  std::size_t processes;
  std::size_t process_bytes;
  std::size_t file_bytes;
  int parent;  // a socket
  int output;  // where the script's output goes
};

// The parent sends one byte when the ids are mapped, and another when the network is as it shall be.
[[noreturn]] void live_inside(const Inside& inside);

}  // namespace pyfw
