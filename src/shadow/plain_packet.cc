#include "shadow/plain_packet.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "net/packet.h"

namespace pyfw {
namespace {

// What hardly any rule asks for: a protocol for experiments (RFC 3692), an interface of another name.
constexpr std::uint32_t kOtherProtocol = 253;
constexpr std::uint32_t kOtherName = 1;
constexpr std::uint32_t kNowhere = NameClasses::kNowhere;

std::uint32_t& at(SideNumbers& numbers, Look look) {
  auto side = std::ranges::find(Overlaps::kSides, look) - Overlaps::kSides.begin();
  return numbers[static_cast<std::size_t>(side)];
}

struct Interfaces {
  bool comes_in = false;
  bool goes_out = false;
};

// Of the hooks where that is the same for all packets.
std::optional<Interfaces> interfaces_in(const TracedChain& builtin) {
  if (builtin.name == "INPUT" || builtin.name == "PREROUTING") return Interfaces{.comes_in = true};
  if (builtin.name == "FORWARD") return Interfaces{.comes_in = true, .goes_out = true};
  if (builtin.name == "OUTPUT") return Interfaces{.goes_out = true};
  return {};
}

// What is asked of one side, without regard to the others: an extent says all of it.
std::optional<Look> side_asked_by(const Condition& condition) {
  if (const auto* address = std::get_if<AddressIn>(&condition.kind)) {
    if (address->inverted || address->if_absent) return {};
    if (address->field == AddressField::kSource) return Look::kSource;
    if (address->field == AddressField::kDestination) return Look::kDestination;
  }
  if (const auto* name = std::get_if<InterfaceIs>(&condition.kind)) {
    if (name->field == InterfaceField::kIn) return Look::kIn;
    if (name->field == InterfaceField::kOut) return Look::kOut;
  }
  const auto* number = std::get_if<NumberIn>(&condition.kind);
  if (number == nullptr || number->inverted) return {};
  if (number->field == NumberField::kCtState) {
    // The packet is not translated.
    bool is_of_states = (number->mask & (0U + kStateSnat + kStateDnat)) == 0;
    return is_of_states ? std::optional(Look::kCtState) : std::nullopt;
  }
  if (number->if_absent) return {};
  switch (number->field) {
    case NumberField::kProtocol: return Look::kProtocol;
    case NumberField::kSourcePort: return Look::kSourcePort;
    case NumberField::kDestinationPort: return Look::kDestinationPort;
    default: return {};
  }
}

}  // namespace

std::optional<SideNumbers> plain_numbers_of(const CompiledRule& rule, std::span<const Extent> extents,
                                            const TracedChain& builtin) {
  auto interfaces = interfaces_in(builtin);
  // What is no first packet nat's rules do not see.
  if (!interfaces || builtin.table == "nat") return {};
  SideNumbers out{};
  at(out, Look::kProtocol) = kOtherProtocol;
  at(out, Look::kIn) = interfaces->comes_in ? kOtherName : kNowhere;
  at(out, Look::kOut) = interfaces->goes_out ? kOtherName : kNowhere;
  LookSet asked;
  std::size_t extents_used = 0;
  for (const auto& condition : rule.conditions) {
    auto look = side_asked_by(condition);
    if (!look || asked.has(*look)) return {};
    asked.add(*look);
    if (const auto* name = std::get_if<InterfaceIs>(&condition.kind); name != nullptr && name->inverted) {
      if (name->name.empty()) return {};  // any name but any
      continue;
    }
    auto extent = std::ranges::find(extents, *look, &Extent::look);
    if (extent == extents.end() || extent->ranges.empty()) return {};
    const auto& range = extent->ranges.front();
    bool is_empty = range.first > range.last || range.first > 0xffff;
    if (is_empty) return {};
    at(out, *look) = range.first;
    ++extents_used;
  }
  bool asks_ports = asked.has(Look::kSourcePort) || asked.has(Look::kDestinationPort);
  if (asks_ports && !has_ports(static_cast<std::uint8_t>(at(out, Look::kProtocol)))) return {};
  bool is_in_hook = (at(out, Look::kIn) != kNowhere) == interfaces->comes_in &&
                    (at(out, Look::kOut) != kNowhere) == interfaces->goes_out;
  return is_in_hook && extents_used == extents.size() ? std::optional(out) : std::nullopt;
}

}  // namespace pyfw
