// Rules whose bytes in the kernel mean the same in every network namespace, so that what a copy of the state
// shows of them can be put in as it is.

#pragma once

#include <string_view>

#include "nf/rule.h"
#include "plan/commit.h"

namespace pyfw {

// False of rules that name sets (the kernel keeps a number of the namespace for the name), and of those with
// extensions that hold on to something of the kernel's; the program then has to write them.
bool is_portable(const Rule& rule);
// Of all that it puts in.
bool is_portable(const TableCommit& commit);

// Of the extensions by themselves, as `-m` and `-j` name them.
bool is_portable_match(std::string_view name);
bool is_portable_target(std::string_view name);

}  // namespace pyfw
