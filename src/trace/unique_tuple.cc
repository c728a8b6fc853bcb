#include "trace/unique_tuple.h"

#include <algorithm>
#include <ranges>
#include <utility>

#include "trace/bits.h"
#include "trace/conntrack.h"

namespace pyfw {
namespace {

bool is_used(const CtTuple& tuple, std::span<const Connection> known) {
  auto reply = turned(tuple);
  return std::ranges::any_of(known, [&](const Connection& connection) {
    return connection.original == reply || connection.reply == reply;
  });
}

Ip& address(CtTuple& tuple, NatSide side) {
  return side == NatSide::kSource ? tuple.source : tuple.destination;
}
// Of ICMP the identifier, which is the same both ways.
std::uint16_t& port(CtTuple& tuple, NatSide side) {
  if (is_icmp(tuple)) return tuple.icmp_id;
  return side == NatSide::kSource ? tuple.source_port : tuple.destination_port;
}

// jhash2() of linux/jhash.h.
std::uint32_t rotated(std::uint32_t word, unsigned by) { return word << by | word >> (32U - by); }
std::uint32_t jhash2(const std::array<std::uint32_t, 4>& key, std::uint32_t initial) {
  std::uint32_t a = 0xdeadbeefU + (4U << 2U) + initial;
  std::uint32_t b = a;
  std::uint32_t c = a;
  a += key[0];
  b += key[1];
  c += key[2];
  a = (a - c) ^ rotated(c, 4), c += b;
  b = (b - a) ^ rotated(a, 6), a += c;
  c = (c - b) ^ rotated(b, 8), b += a;
  a = (a - c) ^ rotated(c, 16), c += b;
  b = (b - a) ^ rotated(a, 19), a += c;
  c = (c - b) ^ rotated(b, 4), b += a;
  a += key[3];
  c = (c ^ b) - rotated(b, 14);
  a = (a ^ c) - rotated(c, 11);
  b = (b ^ a) - rotated(a, 25);
  c = (c ^ b) - rotated(b, 16);
  a = (a ^ c) - rotated(c, 4);
  b = (b ^ a) - rotated(a, 14);
  c = (c ^ b) - rotated(b, 24);
  return c;
}

// A word as the kernel on a little-endian machine reads it from the address, and as a number.
std::uint32_t raw_word(const Ip& ip, std::size_t word) {
  const auto* b = ip.bytes().data() + 4 * word;
  return static_cast<std::uint32_t>(b[0]) | static_cast<std::uint32_t>(b[1]) << 8U |
         static_cast<std::uint32_t>(b[2]) << 16U | static_cast<std::uint32_t>(b[3]) << 24U;
}
std::uint32_t number(const Ip& ip, std::size_t word) { return __builtin_bswap32(raw_word(ip, word)); }

// find_best_ips_proto(): of several addresses the client's own decides, so that it always gets the same.
Ip chosen_address(const CtTuple& tuple, const NatRange& range) {
  const auto& [first, last] = *range.addresses;
  if (first == last) return first;
  auto family = first.family();
  std::size_t words = family == Family::kIpv4 ? 1 : 4;
  std::array<std::uint32_t, 4> key{};
  for (std::size_t i = 0; i < words; ++i) key[i] = raw_word(tuple.source, i);
  auto hash = jhash2(key, range.is_persistent ? 0 : raw_word(tuple.destination, words - 1));
  std::array<std::uint8_t, 16> bytes{};
  bool is_below = false;
  for (std::size_t i = 0; i < words; ++i) {
    std::uint32_t low = is_below ? 0 : number(first, i);
    std::uint32_t span = is_below ? ~0U : number(last, i) - low + 1;
    auto word = low + static_cast<std::uint32_t>(static_cast<std::uint64_t>(hash) * span >> 32U);
    for (std::size_t b = 0; b < 4; ++b) bytes[4 * i + b] = static_cast<std::uint8_t>(word >> (24 - 8 * b));
    if (word != number(last, i)) is_below = true;
    if (!range.is_persistent) hash ^= raw_word(tuple.destination, i);
  }
  return Ip::from_bytes(family, bytes.data());
}

bool is_among(const Ip& ip, const AddressRange& range) { return range.first <= ip && ip <= range.last; }
bool is_among(std::uint16_t port, const PortRange& range) {
  return range.first <= port && port <= range.last;
}

// nf_in_range()
bool is_source_in(const CtTuple& tuple, const NatRange& range) {
  if (range.addresses && !is_among(tuple.source, *range.addresses)) return false;
  return !range.ports || is_among(tuple.source_port, *range.ports);
}

// find_appropriate_src(): a source that was translated already is translated likewise, the last one first.
std::optional<CtTuple> with_source_as_before(const CtTuple& wanted, const NatRange& range,
                                             std::span<const Connection> known) {
  for (const auto& connection : known | std::views::reverse) {
    const auto& original = connection.original;
    if (original.source != wanted.source || original.source_port != wanted.source_port ||
        original.icmp_id != wanted.icmp_id || original.protocol != wanted.protocol)
      continue;
    auto tuple = wanted;
    tuple.source = connection.reply.destination;
    tuple.source_port = connection.reply.destination_port;
    tuple.icmp_id = connection.reply.icmp_id;
    if (is_source_in(tuple, range)) return tuple;
  }
  return {};
}

// The ports that may be taken where the rule names none: those of the same rank.
PortRange ports_like(std::uint16_t port) {
  if (port < 512) return {.first = 1, .last = 511};
  if (port < 1024) return {.first = 600, .last = 1023};
  return {.first = 1024, .last = 65535};
}

// nf_nat_l4proto_unique_tuple()
std::optional<UniqueTuple> with_free_port(CtTuple tuple, const NatRange& range, NatSide side,
                                          std::span<const Connection> known) {
  bool has_identifier = is_icmp(tuple);
  if (!has_identifier && !tracks_ports(tuple.protocol)) return UniqueTuple{.tuple = tuple};
  auto own = port(tuple, side);
  if (!has_identifier && !range.ports && side == NatSide::kDestination) return UniqueTuple{.tuple = tuple};
  constexpr PortRange kIdentifiers = {.first = 0, .last = 65535};
  auto ports = range.ports.value_or(has_identifier ? kIdentifiers : ports_like(own));
  if (ports.first > ports.last) std::swap(ports.first, ports.last);
  std::uint32_t count = ports.last - ports.first + 1U;
  std::uint32_t offset = range.port_base ? static_cast<std::uint16_t>(own - *range.port_base) : 0;
  bool is_drawn = !range.port_base && (range.is_random || side == NatSide::kSource) && count > 1;
  if (is_drawn && range.drawn_port && is_among(*range.drawn_port, ports)) {
    port(tuple, side) = *range.drawn_port;
    if (!is_used(tuple, known)) return UniqueTuple{.tuple = tuple, .is_any_port = true, .any_of = ports};
  }
  for (std::uint32_t i = 0; i < count; ++i) {
    port(tuple, side) = static_cast<std::uint16_t>(ports.first + (offset + i) % count);
    if (!is_used(tuple, known)) return UniqueTuple{.tuple = tuple, .is_any_port = is_drawn, .any_of = ports};
  }
  return {};
}

}  // namespace

std::optional<UniqueTuple> unique_tuple(const CtTuple& wanted, const NatRange& range, NatSide side,
                                        std::span<const Connection> known) {
  auto tuple = wanted;
  // A source that is fine already stays.
  if (side == NatSide::kSource && !range.is_random) {
    auto fine =
        is_source_in(tuple, range) ? std::optional(tuple) : with_source_as_before(tuple, range, known);
    if (fine && !is_used(*fine, known)) return UniqueTuple{.tuple = *fine};
  }
  if (range.addresses) address(tuple, side) = chosen_address(tuple, range);
  if (!range.is_random) {
    if (!range.ports) {
      if (!is_used(tuple, known)) return UniqueTuple{.tuple = tuple};
    } else if (!range.port_base && is_among(port(tuple, side), *range.ports) &&
               (range.ports->first == range.ports->last || !is_used(tuple, known))) {
      return UniqueTuple{.tuple = tuple};
    }
  }
  return with_free_port(tuple, range, side, known);
}

}  // namespace pyfw
