// Wishes that have gone from the file go from the host: just what the record says that pyfw put there.

#pragma once

#include <string>
#include <vector>

#include "keep/record.h"
#include "nf/desired.h"
#include "wish/wishes.h"
#include "wish/written.h"

namespace pyfw {

// Takes out of `desired` (which fulfils the wishes) what only the record still names: live rules that equal
// the recorded ones, policies that are as recorded, chains and sets that pyfw created and that nothing else
// uses, members that it added. Gives what stays in spite of that, and why.
std::vector<std::string> prune(const Record& record, const Wishes& wishes, const WrittenRules& written,
                               Desired& desired);

}  // namespace pyfw
