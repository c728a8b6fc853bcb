// What the variables that follow the host were worth last (host/last_values.h), beside the record.

#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "host/last_values.h"
#include "keep/store.h"

namespace pyfw {

inline constexpr std::string_view kVariablesName = "variables";

std::string write_variables(const LastValues& values);
// Fails on a text that is cut, changed or of another version; never crashes.
Result<LastValues> parse_variables(std::string_view text);

// None where nothing was kept. Fails where it is damaged.
Result<LastValues> read_variables(Store& store);
// Writes only where they differ from what was read before; none: it was damaged.
Result<void> keep_variables(Store& store, const std::optional<LastValues>& before, const LastValues& values);

}  // namespace pyfw
