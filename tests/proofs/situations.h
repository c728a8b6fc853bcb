// Hosts of which one knows what is true of everyone: with Docker's chains of several versions, sets, NAT and
// both families, each on topology_with_bridge().

#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "ask/check.h"
#include "differential/stage.h"
#include "host/docker.h"
#include "net/ip.h"

namespace pyfw::proofs {

// As in wishes, and what must be found.
struct Claim {
  std::string from;
  std::string to;
  std::string is;
  Standing standing = Standing::kHolds;
};

struct Situation {
  std::string name;
  std::map<Family, std::string> rules;  // iptables-restore
  std::string sets{};                   // ipset restore
  std::vector<Claim> claims{};
};
std::vector<Situation> situations();

// Two rulesets of one host.
struct Change {
  std::string name;
  std::map<Family, std::string> before;
  std::map<Family, std::string> after;
  std::string sets{};
};
std::vector<Change> changes();

// The containers web and db, 10.0.17.2 and .3, likewise in IPv6, of which web publishes its port 80 as 8000.
Docker docker_of_situations();

// The section of a wishes file.
std::string wishes_of(const std::vector<Claim>& claims);

differential::Rules rules_on(Backend backend, const std::map<Family, std::string>& rules,
                             const std::string& sets);

}  // namespace pyfw::proofs
