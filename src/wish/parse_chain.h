// One chain of a wishes file: its policy and its rules.

#pragma once

#include <string_view>

#include "wish/yaml_access.h"

namespace pyfw {

// The family of the id is left to the caller: under ip46tables a chain is wished in both.
Result<ChainWish> parse_chain_wish(const YamlAccess& yaml, std::string_view table, const YamlNode& name,
                                   const YamlNode& value);

// Names longer than this don't fit a comment together with `_pyfw_temp_`: the kernel cuts comments at 255
// bytes without a word.
inline constexpr std::size_t kLongestName = 244;

}  // namespace pyfw
