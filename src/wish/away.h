// What becomes of a rule that names something of the host which is away for now: what drops and rejects stays
// as long as it can be said for whom, all else is left out, so that nobody gets in by an address that another
// container may have by then.

#pragma once

#include <cstddef>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "wish/variables.h"
#include "wish/words.h"

namespace pyfw {

struct WhileAway {
  std::string left_out{};                 // why it does not stand; empty where it does
  std::set<std::size_t> words_that_go{};  // of matches that it stands without
  std::vector<Error> warnings{};          // one for each variable
};

// `words` are those of the rule, with the values put in. Fails, at the variable, where it is worth several
// texts and the kernel takes just one there.
Result<WhileAway> while_away(std::span<const Word> words, std::span<const UsedVariable> used,
                             std::string_view target);

// Whether this is an option that takes addresses, several too: -s, -d.
bool takes_addresses(std::string_view option);

}  // namespace pyfw
