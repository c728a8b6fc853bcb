// Rules that a commit takes out and puts in again, at another place or with a set under another name: they go
// on counting from where they were.

#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "plan/commit.h"

namespace pyfw {

// Notes in each insert which rule, that the same commit deletes from the same chain, it continues. `aside`:
// names of sets, and the temporary ones under which rules know them on the way.
void mark_continued(std::vector<Commit>& commits, const std::map<std::string, std::string>& aside);

bool has_continued(const TableCommit& commit);

// Gives those inserts the counters that their rules have in `saved`, which `iptables-save -c` printed of the
// table.
void take_counters(TableCommit& commit, std::string_view saved);

}  // namespace pyfw
