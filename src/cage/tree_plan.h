// The file tree that a caged script sees: the host's, as far as everybody may look at it, with changes that
// go to memory and are thrown away. What is private to people (/root, /home) or leads out (/run, /dev,
// sockets) is not in it.

#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace pyfw {

// All is built below this folder, on a file system in memory that hides what stood there.
inline constexpr const char* kCageBox = "/tmp";
inline constexpr const char* kCageRoot = "/tmp/root";

enum class TreeStepKind : std::uint8_t {
  kFolder,   // empty
  kLink,     // symbolic, to `source`
  kLayer,    // the folder `source`, with a layer on it that takes the changes
  kCopy,     // of the folder `source`, as far as it can be read
  kFolders,  // those of the folder `source`, with no file in them
  kFile,     // the file `source`, as it is
};

struct TreeStep {
  TreeStepKind kind = TreeStepKind::kFolder;
  std::string path;  // below kCageRoot, or where it is for kCopy of settings
  std::string source{};
  unsigned mode = 0755;
  bool is_needed = false;  // else it may fail
  std::string upper{};     // of a layer: where its changes go
  std::string work{};
  std::string options{};  // of mount(2)
};

struct PlacedFile {
  std::string path;  // below kCageRoot
  std::string text;
  unsigned mode = 0644;
};

struct Renaming {
  std::string from;
  std::string to;
};

struct TreePlan {
  std::vector<TreeStep> steps{};
  std::vector<PlacedFile> files{};
  std::vector<Renaming> settings{};  // of interfaces that have another name, in the copy of /proc/sys
  std::string memory_options{};      // of the file system in memory
};

// By /proc/self/mountinfo: where file systems are mounted, and of which kind.
std::map<std::string, std::string, std::less<>> mounted_in(std::string_view mountinfo);

// Looks at the host's tree. `hidden` are folders that shall be empty besides those that always are.
Result<std::vector<TreeStep>> plan_tree(const std::vector<std::string>& hidden);

}  // namespace pyfw
