#include "trace/own_addresses.h"

#include <algorithm>

#include "trace/address_kinds.h"

namespace pyfw {
namespace {

// Loopback's have the scope of the host and never leave it; link-local ones only for link-local neighbours.
bool may_leave(const Ip& own, const Ip& neighbour) {
  return !is_loopback(own) && is_link_local(own) == is_link_local(neighbour);
}

unsigned common_bits(const Ip& a, const Ip& b) {
  for (unsigned i = 0; i < address_bits(a.family()); ++i)
    if (((a.bytes()[i / 8] ^ b.bytes()[i / 8]) & (0x80U >> i % 8)) != 0) return i;
  return address_bits(a.family());
}

// IPv4 takes the first in the neighbour's network; IPv6 the one with the longest prefix in common (RFC 6724,
// what is left of it for one interface without deprecated and temporary addresses).
const Prefix* best_of(const Interface& interface, const Ip& neighbour) {
  const Prefix* best = nullptr;
  for (const auto& address : interface.addresses) {
    if (address.ip.family() != neighbour.family() || !may_leave(address.ip, neighbour)) continue;
    if (neighbour.family() == Family::kIpv4) {
      if (covers(address, neighbour)) return &address;
      if (best == nullptr) best = &address;
    } else if (best == nullptr || common_bits(address.ip, neighbour) > common_bits(best->ip, neighbour)) {
      best = &address;
    }
  }
  return best;
}

}  // namespace

std::optional<Ip> address_towards(const CompiledHost& host, std::string_view interface, const Ip& neighbour) {
  if (const auto* own = host.interface(interface); own != nullptr)
    if (const auto* best = best_of(*own, neighbour); best != nullptr) return best->ip;
  for (const auto& other : host.facts.interfaces) {
    if (!other.is_up) continue;
    if (const auto* best = best_of(other, neighbour); best != nullptr) return best->ip;
  }
  return {};
}

std::optional<Ip> first_address(const CompiledHost& host, std::string_view interface, Family family) {
  const auto* own = host.interface(interface);
  if (own == nullptr) return {};
  auto is_of_family = [&](const Prefix& address) {
    return address.ip.family() == family && !is_link_local(address.ip);
  };
  auto found = std::ranges::find_if(own->addresses, is_of_family);
  if (found == own->addresses.end()) return {};
  return found->ip;
}

std::optional<Ip> source_for(const CompiledHost& host, const RouteAnswer& way, const Ip& destination) {
  if (way.route == nullptr || !way.leads()) return {};
  if (way.route->preferred_source) return way.route->preferred_source;
  if (way.type == RouteType::kLocal) return destination;
  return address_towards(host, way.route->interface, way.route->gateway.value_or(destination));
}

}  // namespace pyfw
