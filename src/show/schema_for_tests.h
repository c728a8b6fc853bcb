// Checks JSON documents against a JSON schema (draft 2020-12), as far as pyfw's own schemas use it.

#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace pyfw {

// What is wrong with the document, each with its place; empty if nothing is. A keyword that is not known here
// is wrong too, so that nothing in a schema is passed over.
std::vector<std::string> violations(std::string_view document, std::string_view schema);

}  // namespace pyfw
