// The `ipsets` of a wishes file.

#pragma once

#include "wish/parse.h"
#include "wish/yaml_access.h"

namespace pyfw {

Result<void> parse_sets(const YamlAccess& yaml, const YamlNode& node, const ReadMembers& read_members,
                        Wishes& wishes);

}  // namespace pyfw
