// Brings the kernel to where it shall be: rehearse, commit, verify; and again, when someone else wrote
// meanwhile.

#pragma once

#include <functional>

#include "engine/kernel.h"
#include "engine/look.h"
#include "keep/change.h"

namespace pyfw {

// Reads the kernel anew and works out what then shall be.
using LookAgain = std::function<Result<Outlook>()>;
// Called before each commit with what it is going to change, and what is there until then; whoever is to undo
// it must know before it is done.
using Remember = std::function<Result<void>(const Change&, const State& live)>;

struct Enforcement {
  LookAgain look_again;
  Remember remember;
  AnnounceStage announce;
  // An undo at its deadline is carried out even if its rehearsal fails.
  bool needs_rehearsal = true;
};

struct Enforced {
  Outlook outlook;  // in which nothing is left to do
  std::vector<std::string> unrehearsed;
  std::vector<std::string> remarks;  // what went otherwise than planned
};

// `outlook` was taken when the kernel's generation was `seen`. Fails where the rehearsal fails (nothing was
// done), where a commit fails (what was done stays, and another run completes it), and, with the names of the
// rivals, where others write again and again.
Result<Enforced> enforce(Outlook outlook, Generation seen, Kernel& kernel, const Enforcement& how);

}  // namespace pyfw
