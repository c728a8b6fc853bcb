// What the kernel has, as the save programs print it.
//
//   TRY(auto rules, read_rules("/usr/sbin/iptables-nft-save", [](const auto& argv) { return run(argv); }));
//
// A text that can't be parsed is no bad input here: it is no mistake of the one who called us.

#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "nf/ruleset.h"
#include "nf/set.h"
#include "sys/process.h"

namespace pyfw {

// Here, or in a scratch namespace.
using RunProgram = std::function<Result<Outcome>(const std::vector<std::string>& argv)>;
using Saved = std::shared_ptr<const Source>;

// Of all tables, or of one.
Result<Saved> save_rules(const std::string& program, const RunProgram& run, const std::string& table = {});
Result<Saved> save_sets(const std::string& ipset, const RunProgram& run);
Result<Ruleset> parse_rules(const Saved& saved);
Result<Sets> parse_sets(const Saved& saved);

Result<Ruleset> read_rules(const std::string& program, const RunProgram& run);
Result<Sets> read_sets(const std::string& ipset, const RunProgram& run);

}  // namespace pyfw
