// Copies a folder into memory for a caged script. Runs between clone and exec, so it allocates nothing.

#pragma once

namespace pyfw {

// Of `source`, which exists, into `copy`, which does too. Folders and links as they are; a file that can't be
// read becomes one that can only be written, so that a script which would overwrite it can, and one which
// reads it is refused as plainly as by the host. All of it is the caller's. Stops where memory ends.
bool copy_tree(int source, int copy);

// The folders of `source` only, so many deep.
bool copy_folders(int source, int copy, unsigned depth);

}  // namespace pyfw
