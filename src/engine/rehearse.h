// Tries a way in a namespace of its own that holds a copy of the live state, on the backend of the commit.

#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/kernel.h"
#include "plan/way.h"
#include "wish/written.h"

namespace pyfw {

struct Rehearsal {
  // Wished rules that hold on to an object of the host: a placeholder stood in for them.
  std::vector<std::string> unrehearsed;
  // Of the copy in the end, where it looks as the host will; else null.
  std::shared_ptr<const Sighting> sighting;
};

// Fails where a commit is refused, or where what comes out is not the desired state. A refused rule is bad
// input at its place in `written`. Foreign rules that can't be copied have placeholders too, and members are
// copied only where the way touches them.
Result<Rehearsal> rehearse(const State& live, const Desired& desired, const Way& way,
                           const WrittenRules& written, Kernel& kernel);

}  // namespace pyfw
