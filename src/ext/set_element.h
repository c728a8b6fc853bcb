// What a set's members are made of, and what is made of a packet to be looked up among them.

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "ext/encounter.h"
#include "nf/set.h"

namespace pyfw {

enum class SetPart : std::uint8_t { kIp, kNet, kPort, kMac, kMark, kInterface };

// The parts that a set's type names, "hash:ip,port,net", and its options as far as they matter here.
struct SetLayout {
  std::vector<SetPart> parts;  // empty for list:set
  bool is_list = false;
  bool is_bitmap = false;
  bool is_known = true;
  std::optional<Family> family{};  // none: of both
  std::optional<Ip> mask{};        // netmask or bitmask
  std::uint32_t mark_mask = 0xffffffff;

  [[nodiscard]] std::size_t dimensions() const { return is_list ? 1 : parts.size(); }
};
SetLayout layout_of(const Set& set);

// The key of a member: what it has not is zero.
struct SetElement {
  std::array<std::array<std::uint64_t, 2>, 2> addresses{};  // of the first and the second address part
  std::uint32_t mark = 0;
  std::uint16_t port = 0;  // of ICMP: type * 256 + code
  std::uint8_t protocol = 0;
  std::array<std::uint8_t, 2> lengths{};
  bool has_mac = false;
  Mac mac{};

  bool operator==(const SetElement&) const = default;
};

struct SetElementHash {
  std::size_t operator()(const SetElement& element) const;
};

std::array<std::uint64_t, 2> halves_of(const Ip& ip);
std::array<std::uint64_t, 2> masked(const std::array<std::uint64_t, 2>& halves, unsigned length,
                                    Family family);
Ip masked_by(const Ip& ip, const std::optional<Ip>& mask);

// A member as `ipset save` writes it, without its extras; an interface is given apart.
struct ParsedElement {
  SetElement element;
  std::string_view interface{};
  bool is_physical = false;  // "physdev:eth0"
};
std::optional<ParsedElement> parse_element(std::string_view text, const SetLayout& layout);

}  // namespace pyfw
