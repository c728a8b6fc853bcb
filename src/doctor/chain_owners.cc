#include "doctor/chain_owners.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "base/contains.h"

namespace pyfw {
namespace {

// The beginnings of the chains' names.
constexpr std::array kOwners = {
    std::pair{"DOCKER", "Docker"},
    std::pair{"ufw-", "ufw"},
    std::pair{"ufw6-", "ufw"},
    std::pair{"f2b-", "fail2ban"},
    std::pair{"fail2ban-", "fail2ban"},
    std::pair{"INPUT_ZONES", "firewalld"},
    std::pair{"FORWARD_IN_ZONES", "firewalld"},
    std::pair{"KUBE-", "kube-proxy"},
    std::pair{"cali-", "Calico"},
    std::pair{"CILIUM_", "Cilium"},
    std::pair{"FLANNEL-", "flannel"},
    std::pair{"WEAVE", "Weave"},
    std::pair{"LIBVIRT_", "libvirt"},
    std::pair{"NETAVARK", "Podman"},
    std::pair{"CNI-", "CNI plugins"},
    std::pair{"ts-", "Tailscale"},
    std::pair{"CROWDSEC", "CrowdSec"},
    std::pair{"shorewall", "Shorewall"},
    std::pair{"csf", "csf"},
    std::pair{"DENYIN", "csf"},
};

void add_owners(const Ruleset& rules, std::vector<std::string>& owners) {
  for (const auto& table : rules.tables)
    for (const auto& chain : table.chains)
      for (const auto& [beginning, owner] : kOwners)
        if (!chain.policy && chain.name.starts_with(beginning) && !contains(owners, owner))
          owners.emplace_back(owner);
}

}  // namespace

std::vector<std::string> owners_of(const Ruleset& rules) {
  std::vector<std::string> owners;
  add_owners(rules, owners);
  std::ranges::sort(owners);
  return owners;
}

std::vector<std::string> owners_of(const BackendRules& rules) {
  std::vector<std::string> owners;
  for (auto family : kFamilies) add_owners(ruleset_of(rules, family), owners);
  std::ranges::sort(owners);
  return owners;
}

std::vector<const Ruleset*> rulesets_of(const HostState& host, Family family) {
  std::vector<const Ruleset*> out = {&ruleset_of(host.state, family)};
  if (host.other) out.push_back(&ruleset_of(*host.other, family));
  return out;
}

bool leads_to(const Ruleset& rules, std::string_view table, std::string_view chain, std::string_view to) {
  const auto* found = find_chain(rules, table, chain);
  return found != nullptr &&
         std::ranges::any_of(found->rules, [&](const Rule& rule) { return target_of(rule).starts_with(to); });
}

}  // namespace pyfw
