// What a caged script has left in the kernel.

#pragma once

#include <string>
#include <vector>

#include "base/error.h"
#include "cage/caged_namespaces.h"
#include "nf/backend.h"
#include "nf/state.h"

namespace pyfw {

struct LeftState {
  State state{};
  std::vector<std::string> unseen{};  // as CagedRun::unseen
};

Result<LeftState> read_left_state(const CagedNamespaces& there, Backend backend);

// Of the lines that `nft list tables` prints those of tables that iptables did not make.
std::vector<std::string> own_tables_of_nft(std::string_view listed);

// Of the lines that `ip rule show` prints those of rules that a host without any has not: what routes by
// marks needs them.
std::vector<std::string> own_rules_of_routing(Family family, std::string_view listed);

}  // namespace pyfw
