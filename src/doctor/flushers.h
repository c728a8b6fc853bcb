// Others that flush and put back all rules of a host when they start, and what is known of each.

#pragma once

#include <string>
#include <vector>

#include "doctor/examined.h"

namespace pyfw {

// Units that start at boot and take away the rules of everyone when they do, as far as their settings tell.
std::vector<std::string> flushing_units(const Examined& host);

// Whether a script of nft says `flush ruleset`, comments aside.
bool flushes_ruleset(std::string_view script);
// Whether a file of shell variables sets it so: KEY=value, KEY="value"; letters of any case.
bool has_setting(std::string_view file, std::string_view key, std::string_view value);

}  // namespace pyfw
