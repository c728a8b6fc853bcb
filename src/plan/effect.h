// What a rule's presence can do to the packets that come to it.

#pragma once

#include <map>
#include <string>

#include "nf/ruleset.h"

namespace pyfw {

// As bits. A RETURN or a jump leads past drops as well as past accepts.
enum Effect : unsigned { kNone = 0, kCloses = 1, kOpens = 2, kBoth = 3 };

// Of the rule alone.
Effect effect_of(const Rule& rule);

// Of rules with the chains that they jump to: a jump does what the rules in there do. A goto is kBoth, since
// what follows it is not met.
class Effects {
 public:
  explicit Effects(const Table* table) : table_(table) {}
  Effect of(const Rule& rule);

 private:
  Effect of_chain(const Chain& chain);

  const Table* table_;  // null is an empty one
  std::map<std::string, Effect> chains_;
};

}  // namespace pyfw
