// Brings the kernel to where it shall be: rehearse, commit, verify; and again, when someone else wrote
// meanwhile.

#pragma once

#include <functional>

#include "engine/kernel.h"
#include "engine/look.h"
#include "engine/rehearsed.h"
#include "keep/change.h"

namespace pyfw {

// What then shall be, when that is there.
using FindCourse = std::function<Result<Course>(State live)>;
using WriteDown = std::function<Result<void>()>;
// Called before each commit with what it is going to change, and what is there until then; whoever is to undo
// it must know before it is done. Runs beside the rehearsal, so it changes nothing yet: what it returns does.
using Remember = std::function<WriteDown(Change, const State& live)>;

enum class Verify {
  kAll,
  kTables,  // those with wishes: the rest is looked at later
};

struct Enforcement {
  FindCourse find_course;
  // Runs beside the first rehearsal, and before anything is to be remembered.
  std::function<void(const Course&)> meanwhile{};
  // Asked of each course after the first, which others have forced, before any of it is done: where it fails,
  // no more is.
  std::function<Result<void>(const Course&)> check{};
  Remember remember;
  AnnounceStage announce;
  const WrittenRules& written;  // to whose places errors lead
  // An undo at its deadline is carried out even if its rehearsal fails.
  bool needs_rehearsal = true;
  // What earlier runs have tried: a way of which nothing is new is neither rehearsed nor remembered.
  Rehearsed* rehearsed = nullptr;
  Verify verify = Verify::kAll;
};

struct Enforced {
  Course course;              // in which nothing is left to do
  Generation seen;            // at which that was looked at; none where the commits were only read back
  bool is_as_planned = true;  // else others made another end of it than the first
  std::vector<std::string> unrehearsed;
  std::vector<std::string> remarks;  // what went otherwise than planned
};

// Those that the way changes, and those in which ours have their places beside others'.
std::vector<TableId> tables_of_wishes(const Course& course);

// `course` begins at what was there when the kernel's generation was `seen`. Fails where the rehearsal fails
// (nothing was done), where a commit fails (what was done stays, and another run completes it), and, with the
// names of the rivals, where others write again and again.
Result<Enforced> enforce(Course course, Generation seen, Kernel& kernel, const Enforcement& how);

}  // namespace pyfw
