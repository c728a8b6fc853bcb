// What docs/tutorial.md says of who reaches nginx, so that real packets can be held against it.
//
//   documented("(c)")    // {"host2 to 192.168.122.190:8000: works", …}, as the table's rows are ordered

#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace pyfw::lab {

Result<std::vector<std::string>> documented(std::string_view situation);

}  // namespace pyfw::lab
