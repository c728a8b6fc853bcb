// The text that `ipset save` prints as sets, and back to the same bytes.

#pragma once

#include <memory>
#include <string>

#include "base/error.h"
#include "nf/set.h"

namespace pyfw {

// Fails, with the place, on a line that is neither `create` nor `add`, on a set created twice and on a
// member of a set that was not created.
Result<Sets> parse_ipset_save(const std::shared_ptr<const Source>& save);

std::string write_ipset_save(std::span<const Set> sets);

}  // namespace pyfw
