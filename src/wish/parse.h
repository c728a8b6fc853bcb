// Wishes files, YAML to typed wishes: every value keeps its place, and whatever is misspelt, doubled or
// of the wrong shape is an error that names it.
//
//   TRY(auto wishes, parse_wishes({file}));
//
// What a rule says is looked at later (see written.h), once the variables of a family are known.

#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/error.h"
#include "wish/wishes.h"

namespace pyfw {

// Reads the file that a `members_file:` names (relative to the wishes file); effects are the caller's.
using ReadMembers =
    std::function<Result<std::shared_ptr<const Source>>(const Source& wishes_file, const Located& path)>;

// Files in their order: the rules of one chain follow each other, and what contradicts is an error that
// names both places. Always bad input where it fails.
Result<Wishes> parse_wishes(const std::vector<std::shared_ptr<const Source>>& files,
                            const ReadMembers& read_members);

// Of what was once parsed, `Wishes::files`: there each wishes file is followed by the members that it names.
// No file is read.
Result<Wishes> parse_wishes_again(const std::vector<std::shared_ptr<const Source>>& read);

}  // namespace pyfw
