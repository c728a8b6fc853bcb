#include "trace/own_addresses.h"

#include <algorithm>
#include <array>
#include <tuple>

#include "net/address_kinds.h"

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

// IPv4 takes the first in the neighbour's network, or the first of all.
const Prefix* best_of(const Interface& interface, const Ip& neighbour) {
  const Prefix* best = nullptr;
  for (const auto& address : interface.addresses) {
    if (address.ip.family() != Family::kIpv4 || !may_leave(address.ip, neighbour)) continue;
    if (covers(address, neighbour)) return &address;
    if (best == nullptr) best = &address;
  }
  return best;
}

// ipv6_addr_src_scope(): 14 is the world's; of a group its own.
constexpr int kLinkScope = 2;
int scope_of(const Ip& ip) {
  constexpr int kGlobal = 14;
  if (is_multicast(ip)) return ip.bytes()[1] & 0xf;
  return is_loopback(ip) || is_link_local(ip) ? kLinkScope : kGlobal;
}

// The labels of RFC 6724, as ip-addrlabel(8) has them until someone changes them.
int label_of(const Ip& ip) {
  struct Labelled {
    Prefix prefix;
    int label;
  };
  static const std::array kLabels = {Labelled{.prefix = *Prefix::parse("::1/128"), .label = 0},
                                     Labelled{.prefix = *Prefix::parse("::ffff:0:0/96"), .label = 4},
                                     Labelled{.prefix = *Prefix::parse("::/96"), .label = 3},
                                     Labelled{.prefix = *Prefix::parse("2001::/32"), .label = 6},
                                     Labelled{.prefix = *Prefix::parse("2001:10::/28"), .label = 7},
                                     Labelled{.prefix = *Prefix::parse("2002::/16"), .label = 2},
                                     Labelled{.prefix = *Prefix::parse("fec0::/10"), .label = 11},
                                     Labelled{.prefix = *Prefix::parse("fc00::/7"), .label = 5}};
  auto found = std::ranges::find_if(kLabels, [&](const Labelled& known) { return covers(known.prefix, ip); });
  return found == kLabels.end() ? 1 : found->label;
}

// The rules of RFC 6724 in their order, less those for deprecated, temporary and mobile addresses: the same
// address, a scope that is just wide enough, the interface that it leaves by, the label, the common prefix.
using Merit = std::tuple<bool, int, bool, bool, unsigned>;

Merit merit_of(const Prefix& own, bool leaves_there, const Ip& destination) {
  constexpr int kTooNarrow = 128;
  auto scope = scope_of(own.ip);
  return {own.ip == destination, scope >= scope_of(destination) ? -scope : scope - kTooNarrow, leaves_there,
          label_of(own.ip) == label_of(destination), std::min(common_bits(own.ip, destination), own.length)};
}

// ipv6_dev_get_saddr(): of all interfaces, but for what stays on the link only of that one.
std::optional<Ip> ipv6_address_towards(const CompiledHost& host, std::string_view interface,
                                       const Ip& destination) {
  bool stays = is_multicast(destination) || scope_of(destination) <= kLinkScope;
  const Prefix* best = nullptr;
  Merit most;
  for (const auto& candidate : host.facts.interfaces) {
    if (!candidate.is_up || (stays && candidate.name != interface)) continue;
    for (const auto& address : candidate.addresses) {
      if (address.ip.family() != Family::kIpv6) continue;
      auto merit = merit_of(address, candidate.name == interface, destination);
      if (best != nullptr && merit <= most) continue;
      best = &address;
      most = merit;
    }
  }
  if (best == nullptr) return {};
  return best->ip;
}

// The kernel's IPV6_ADDR_SCOPE_MASK. What is wider than a site has none, and an address of any scope may
// stand for it.
enum class NarrowScope : std::uint8_t { kNone, kHost, kLink, kSite };

NarrowScope narrow_scope_of(const Ip& ip) {
  if (ip.family() == Family::kIpv4) return NarrowScope::kNone;
  if (is_multicast(ip)) {
    switch (ip.bytes()[1] & 0xf) {
      case 1: return NarrowScope::kHost;
      case kLinkScope: return NarrowScope::kLink;
      case 5: return NarrowScope::kSite;
      default: return NarrowScope::kNone;
    }
  }
  if (is_loopback(ip)) return NarrowScope::kHost;
  if (is_link_local(ip)) return NarrowScope::kLink;
  bool is_site_local = ip.bytes()[0] == 0xfe && (ip.bytes()[1] & 0xc0U) == 0xc0;
  return is_site_local ? NarrowScope::kSite : NarrowScope::kNone;
}

}  // namespace

std::optional<Ip> address_towards(const CompiledHost& host, std::string_view interface, const Ip& neighbour) {
  if (neighbour.family() == Family::kIpv6) return ipv6_address_towards(host, interface, neighbour);
  if (const auto* own = host.interface(interface); own != nullptr)
    if (const auto* best = best_of(*own, neighbour); best != nullptr) return best->ip;
  for (const auto& other : host.facts.interfaces) {
    if (!other.is_up) continue;
    if (const auto* best = best_of(other, neighbour); best != nullptr) return best->ip;
  }
  return {};
}

std::optional<Ip> first_address(const CompiledHost& host, std::string_view interface, const Ip& destination) {
  const auto* own = host.interface(interface);
  if (own == nullptr) return {};
  auto scope = narrow_scope_of(destination);
  auto fits = [&](const Prefix& address) {
    return address.ip.family() == destination.family() &&
           (scope == NarrowScope::kNone || narrow_scope_of(address.ip) == scope);
  };
  auto found = std::ranges::find_if(own->addresses, fits);
  if (found == own->addresses.end()) return {};
  return found->ip;
}

std::optional<Ip> source_for(const CompiledHost& host, const RouteAnswer& way, const Ip& destination) {
  if (way.route == nullptr || !way.leads()) return {};
  if (way.route->preferred_source) return way.route->preferred_source;
  if (way.type == RouteType::kLocal) return destination;
  bool is_ipv6 = destination.family() == Family::kIpv6;
  return address_towards(host, way.route->interface,
                         is_ipv6 ? destination : way.route->gateway.value_or(destination));
}

}  // namespace pyfw
