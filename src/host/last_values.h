// What the variables that follow the host were worth when the host told it last: kept for the time in which
// it does not, at boot or while a container restarts.

#pragma once

#include <compare>
#include <map>
#include <string>
#include <vector>

#include "net/ip.h"

namespace pyfw {

struct VariableOfFamily {
  std::string name;  // as between the braces: container:web
  Family family = Family::kIpv4;

  auto operator<=>(const VariableOfFamily&) const = default;
};

using LastValues = std::map<VariableOfFamily, std::vector<std::string>>;

}  // namespace pyfw
