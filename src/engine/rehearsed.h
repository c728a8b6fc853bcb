// Which edits a copy of this host has taken, so that they need not be tried again: a rule that has stood in a
// chain can be moved there, or come again.

#pragma once

#include <string>
#include <unordered_set>

#include "engine/look.h"

namespace pyfw {

class Rehearsed {
 public:
  // All that the way does, and the rules that stood there when it began.
  void note(const Course& course);
  // Whether nothing of its way is new. Where it goes by indexes alone (deletes by handle), it is.
  [[nodiscard]] bool covers(const Course& course) const;

 private:
  std::unordered_set<std::string> edits_;
};

}  // namespace pyfw
