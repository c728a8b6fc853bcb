// The section `expectations` of a wishes file.
//
//   expectations:
//   - host2 reaches nginx: { from: 192.168.122.193, to: "192.168.122.190:8000/tcp", is: works }

#pragma once

#include "base/error.h"
#include "wish/yaml_access.h"

namespace pyfw {

Result<std::vector<Expectation>> parse_expectations(const YamlAccess& yaml, const YamlNode& node);

}  // namespace pyfw
