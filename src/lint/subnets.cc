// Prefixes that are a part of a network of Docker, where the whole was meant.

#include <fmt/format.h>

#include <variant>

#include "lint/lints.h"
#include "prove/packet_space.h"

namespace pyfw {
namespace {

struct Subnet {
  Prefix prefix;
  std::string of;
};

// Docker's, and those of its bridges.
std::vector<Subnet> subnets_of(const Linted& linted) {
  std::vector<Subnet> out;
  if (linted.facts().docker)
    for (const auto& network : linted.facts().docker->networks)
      for (const auto& subnet : network.subnets)
        out.push_back({.prefix = subnet, .of = fmt::format("Docker's network {}", network.name)});
  for (const auto& interface : linted.facts().interfaces)
    if (linted.is_bridge(interface.name))
      for (const auto& address : interface.addresses)
        out.push_back({.prefix = {.ip = address.ip.masked(address.length), .length = address.length},
                       .of = "the bridge " + interface.name});
  return out;
}

// A range that begins with the subnet and ends before it.
bool is_first_part(const AddressIn& address, const Prefix& subnet) {
  auto family = subnet.ip.family();
  if (address.first.family() != family || address.first == address.last) return false;
  auto all = span_of(Prefix{.ip = subnet.ip.masked(subnet.length), .length = subnet.length});
  return address.first == ip_of(family, all.first) && address.last < ip_of(family, all.last);
}

}  // namespace

void find_parts_of_subnets(Linted& linted, Report& report) {
  auto subnets = subnets_of(linted);
  for (const auto& wish : linted.rules())
    for (const auto& rule : wish.rules)
      for (const auto& condition : linted.compiled(rule).conditions) {
        const auto* address = std::get_if<AddressIn>(&condition.kind);
        bool is_source = address != nullptr && address->field == AddressField::kSource;
        if (address == nullptr || (!is_source && address->field != AddressField::kDestination)) continue;
        for (const auto& subnet : subnets) {
          if (!is_first_part(*address, subnet.prefix)) continue;
          report.add(
              is_source ? wish.place_of({"-s", "--src", "--source"})
                        : wish.place_of({"-d", "--dst", "--destination"}),
              fmt::format("{} has more addresses than these: {}", subnet.of, subnet.prefix.to_string()),
              {.why = "a container whose address is in the rest is not meant by this rule",
               .instead = fmt::format("write {}, or `${{network:NAME}}`", subnet.prefix.to_string())});
          break;
        }
      }
}

}  // namespace pyfw
