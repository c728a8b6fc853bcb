// Files that people write: wishes, members, saved states.

#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace pyfw {

// Who may have written a file. What decides about a firewall must not be anybody's.
enum class Trust {
  kAnybody,  // a save that is only looked at
  kOwner,    // when we are root: a regular file of root that others can't write
};

// Fails (bad input) where there is none, where it is no regular file, too large, or not to be trusted.
Result<std::shared_ptr<const Source>> read_file(const std::string& path, Trust trust);

// Writes a file as a whole, synced, and keeps the one that was there as PATH.bak. Its mode stays, and is 0600
// for a new one.
Result<void> replace_file(const std::string& path, std::string_view text);

// The files behind `--wishes PATH`: the file itself, or the *.yaml of a folder in bytewise order. Without
// PATH /etc/pyfw/wishes.yaml and, where it exists, /etc/pyfw/wishes.d/.
Result<std::vector<std::string>> wishes_files(const std::string& path);

}  // namespace pyfw
