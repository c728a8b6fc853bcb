// Which words of a rule belong to which family, and which stand for host names.

#pragma once

#include "base/error.h"
#include "net/ip.h"

namespace pyfw {

struct Word;

// Each fails with the place of the word where it can't stand in a rule of the family.
Result<void> check_addresses(const Word& value, Family family);  // of -s and -d
Result<void> check_protocol(const Word& value, Family family);
Result<void> check_match(const Word& value, Family family);
Result<void> check_target(const Word& value, Family family);
Result<void> check_fragment(const Word& option, Family family);
Result<void> check_option_value(std::string_view option, const Word& value, Family family);

}  // namespace pyfw
