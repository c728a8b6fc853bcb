// The sysctls that decide about packets. What nobody has looked at is taken as it is where Docker runs: it
// forwards, and no reverse path filter drops.

#pragma once

#include <algorithm>
#include <string_view>

#include "host/facts.h"

namespace pyfw {

inline InterfaceSettings settings_of(const Facts& facts, std::string_view interface) {
  if (!facts.settings) return {};
  auto found = facts.settings->interfaces.find(interface);
  return found == facts.settings->interfaces.end() ? InterfaceSettings{} : found->second;
}

// The larger one of the interface's own and that of `all`.
inline int rp_filter(const Facts& facts, std::string_view interface) {
  return std::max(settings_of(facts, "all").rp_filter, settings_of(facts, interface).rp_filter);
}

inline bool routes_localnet(const Facts& facts, std::string_view interface) {
  return settings_of(facts, "all").route_localnet || settings_of(facts, interface).route_localnet;
}

// IPv4 asks the interface that the packet came in by, IPv6 only `all`.
inline bool forwards(const Facts& facts, std::string_view interface, Family family) {
  if (!facts.settings) return true;
  const auto& all = facts.settings->interfaces;
  auto found = all.find(family == Family::kIpv4 ? interface : std::string_view("all"));
  if (found == all.end()) return family == Family::kIpv6 || facts.settings->ip_forward;
  return family == Family::kIpv4 ? found->second.forwards_ipv4 : found->second.forwards_ipv6;
}

}  // namespace pyfw
