// How NAT finds a tuple that no other connection has (get_unique_tuple() in nf_nat_core.c).

#pragma once

#include <optional>
#include <span>

#include "ext/encounter.h"
#include "ext/target_values.h"

namespace pyfw {

// What a rule lets NAT choose from; without addresses the packet's own stays.
struct NatRange {
  std::optional<AddressRange> addresses{};
  std::optional<PortRange> ports{};
  std::optional<std::uint16_t> port_base{};
  bool is_random = false;
  bool is_persistent = false;
  std::optional<std::uint16_t> drawn_port{};  // that the kernel drew, where it draws one by lot
};

enum class NatSide : std::uint8_t { kSource, kDestination };

struct UniqueTuple {
  CtTuple tuple;
  // One of several, which the kernel draws by lot: the one that it drew, or the first.
  bool is_any_port = false;
  PortRange any_of{};  // then: what it draws from
};

// None where every port is taken.
std::optional<UniqueTuple> unique_tuple(const CtTuple& wanted, const NatRange& range, NatSide side,
                                        std::span<const Connection> known);

}  // namespace pyfw
