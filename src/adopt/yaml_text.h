// A text as it stands in a wishes file: plain where YAML lets it, else in quotes.

#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace pyfw {

// None where YAML would not give the same text back: bytes that are no UTF-8, invisible line breaks.
std::optional<std::string> yaml_text(std::string_view text);

// Fit for a line behind '#': what is not printable ASCII becomes \xNN.
std::string yaml_comment(std::string_view text);

}  // namespace pyfw
