// The words of a wished rule, looked at before any program sees them: no command or global option of
// iptables gets in, in whatever spelling; no host name; no word of the other family.
//
// The order of the words is read as getopt_long(3) reads it, with iptables' options (iptables(8),
// xshared.c); whatever is not known for certain to be a value is taken for an option.

#pragma once

#include <string>
#include <vector>

#include "base/error.h"
#include "net/ip.h"
#include "nf/tokens.h"

namespace pyfw {

// A word of a rule with its place.
struct Word {
  std::string text;
  Place place;
};

// What the words of a rule refer to.
struct RuleWords {
  std::vector<std::string> tokens;  // clusters like `-ptcp` taken apart
  std::vector<Word> sets;           // --match-set NAME and its like
  std::vector<Word> comments;       // --comment TEXT
  std::vector<Word> targets;        // -j or -g NAME; exactly one
  std::size_t target_at = 0;        // index of the -j or -g
};

// Fails with the place of the word that is wrong.
Result<RuleWords> check_words(const std::vector<Word>& words, Family family);

}  // namespace pyfw
