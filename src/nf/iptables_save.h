// The text that iptables-save and ip6tables-save print (1.4.21 to 1.8.x, both backends) as a Ruleset,
// and back to the same bytes, less `#` lines and counters.

#pragma once

#include <memory>
#include <string>

#include "base/error.h"
#include "nf/ruleset.h"

namespace pyfw {

// An empty text is an empty ruleset: a family that nobody touched prints nothing. Rules of a builtin chain
// that is not declared are taken too, since such files are also written by hand. Fails, with the place,
// on a line that no save prints, on a table without COMMIT (a save that was cut), and where
// iptables-nft-save says that a table holds native nft rules that it can't show.
Result<Ruleset> parse_iptables_save(const std::shared_ptr<const Source>& save);

std::string write_iptables_save(const Ruleset& ruleset);

}  // namespace pyfw
