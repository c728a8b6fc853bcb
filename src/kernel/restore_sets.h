// Commits a change of sets through `ipset restore`.

#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "plan/commit.h"
#include "sys/process.h"

namespace pyfw {

using RunWithInput = std::function<Result<Outcome>(std::string_view input)>;

// `run` is `program restore`, to which the lines are given. On nft the kernel frees the rules that a commit
// has deleted some time after it, and refuses to destroy their sets till then; so as long as `are_only_late`
// says that only those can hold a set, the line is tried again, for up to 5 s. Fails at the line that is
// refused, with the program's words; those before it are done.
Result<void> restore_sets(const SetCommit& commit, const std::string& program, const RunWithInput& run,
                          const std::function<bool()>& are_only_late);

}  // namespace pyfw
