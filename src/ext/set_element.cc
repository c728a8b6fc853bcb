#include "ext/set_element.h"

#include <algorithm>
#include <cstring>

#include "base/strings.h"
#include "ext/icmp_names.h"
#include "ext/protocols.h"
#include "ext/words.h"

namespace pyfw {
namespace {

struct PartName {
  std::string_view name;
  SetPart part = SetPart::kIp;
};
constexpr std::array kPartNames = {
    PartName{"ip", SetPart::kIp},   PartName{"net", SetPart::kNet},   PartName{"port", SetPart::kPort},
    PartName{"mac", SetPart::kMac}, PartName{"mark", SetPart::kMark}, PartName{"iface", SetPart::kInterface},
};

// "24" or "255.255.0.255".
std::optional<Ip> parse_mask(std::string_view text, Family family) {
  if (auto mask = Ip::parse(text)) return mask;
  auto length = parse_number(text);
  if (!length || *length > address_bits(family)) return std::nullopt;
  std::array<std::uint8_t, 16> ones{};
  ones.fill(0xff);
  return Ip::from_bytes(family, ones.data()).masked(static_cast<unsigned>(*length));
}

// "tcp:80", "icmp:echo-request", "vrrp:0"; a bitmap:port's has no protocol.
bool parse_port(std::string_view text, Family family, SetElement& element) {
  auto colon = text.find(':');
  if (colon != std::string_view::npos) {
    auto protocol = parse_protocol(text.substr(0, colon));
    if (!protocol) return false;
    element.protocol = *protocol;
    text.remove_prefix(colon + 1);
  }
  if (element.protocol == kIcmp || element.protocol == kIcmp6) {
    auto icmp = parse_icmp_name(text, element.protocol == kIcmp ? Family::kIpv4 : Family::kIpv6);
    if (icmp) element.port = *icmp;
    return icmp.has_value();
  }
  auto port = parse_number(text);
  if (!port || *port > 65535) return false;
  element.port = static_cast<std::uint16_t>(*port);
  return family == Family::kIpv4 || family == Family::kIpv6;
}

bool parse_address(std::string_view text, const SetLayout& layout, bool is_net, std::size_t slot,
                   SetElement& element) {
  auto prefix = Prefix::parse(text);
  if (!prefix || (layout.family && prefix->ip.family() != *layout.family)) return false;
  auto bits = address_bits(prefix->ip.family());
  if (!is_net && prefix->length != bits) return false;
  element.addresses[slot] =
      masked(halves_of(masked_by(prefix->ip, layout.mask)), prefix->length, prefix->ip.family());
  element.lengths[slot] = static_cast<std::uint8_t>(prefix->length);
  return true;
}

bool parse_set_mac(std::string_view text, SetElement& element) {
  auto mac = parse_mac(text);
  if (mac) element.mac = *mac;
  element.has_mac = mac.has_value();
  return element.has_mac;
}

bool parse_mark(std::string_view text, const SetLayout& layout, SetElement& element) {
  auto mark = parse_c_number(text);
  if (mark) element.mark = *mark & layout.mark_mask;
  return mark.has_value();
}

bool parse_interface(std::string_view text, ParsedElement& parsed) {
  constexpr std::string_view kPhysical = "physdev:";
  parsed.is_physical = text.starts_with(kPhysical);
  if (parsed.is_physical) text.remove_prefix(kPhysical.size());
  parsed.interface = text;
  return !text.empty();
}

}  // namespace

SetLayout layout_of(const Set& set) {
  SetLayout layout;
  std::string_view type = set.type;
  layout.is_list = type == "list:set";
  layout.is_bitmap = type.starts_with("bitmap:");
  if (layout.is_list) return layout;
  auto colon = type.find(':');
  if (colon == std::string_view::npos || !(layout.is_bitmap || type.starts_with("hash:"))) {
    layout.is_known = false;
    return layout;
  }
  for (auto name : split(type.substr(colon + 1), ',')) {
    auto found = std::ranges::find(kPartNames, name, &PartName::name);
    if (found == kPartNames.end()) layout.is_known = false;
    if (found != kPartNames.end()) layout.parts.push_back(found->part);
  }
  // Ports and MACs alone are of no family.
  bool has_family =
      layout.parts.size() > 1 ||
      (layout.parts.size() == 1 && (layout.parts[0] == SetPart::kIp || layout.parts[0] == SetPart::kNet));
  auto options = options_of(set.header);
  if (has_family)
    layout.family = pyfw::has_family(set, Family::kIpv6) && !layout.is_bitmap ? Family::kIpv6 : Family::kIpv4;
  for (std::string_view name : {"netmask", "bitmask"})
    if (auto found = options.find(name); found != options.end())
      layout.mask = parse_mask(found->second, layout.family.value_or(Family::kIpv4));
  if (auto found = options.find("markmask"); found != options.end())
    layout.mark_mask = parse_c_number(found->second).value_or(layout.mark_mask);
  return layout;
}

std::optional<ParsedElement> parse_element(std::string_view text, const SetLayout& layout) {
  ParsedElement parsed;
  std::size_t addresses = 0;
  auto family = layout.family.value_or(Family::kIpv4);
  for (std::size_t i = 0; i < layout.parts.size(); ++i) {
    auto comma = text.find(',');
    auto word = text.substr(0, comma);
    bool is_last = comma == std::string_view::npos;
    text.remove_prefix(is_last ? text.size() : comma + 1);
    bool taken = false;
    switch (layout.parts[i]) {
      case SetPart::kIp: taken = parse_address(word, layout, false, addresses++, parsed.element); break;
      case SetPart::kNet: taken = parse_address(word, layout, true, addresses++, parsed.element); break;
      case SetPart::kPort: taken = parse_port(word, family, parsed.element); break;
      // A member of a bitmap:ip,mac may have none yet.
      case SetPart::kMac:
        taken = (word.empty() && layout.is_bitmap) || parse_set_mac(word, parsed.element);
        break;
      case SetPart::kMark: taken = parse_mark(word, layout, parsed.element); break;
      case SetPart::kInterface: taken = parse_interface(word, parsed); break;
    }
    if (!taken) return std::nullopt;
  }
  if (!text.empty()) return std::nullopt;
  return parsed;
}

std::array<std::uint64_t, 2> halves_of(const Ip& ip) {
  std::array<std::uint64_t, 2> halves{};
  std::memcpy(halves.data(), ip.bytes().data(), sizeof halves);
  return {__builtin_bswap64(halves[0]), __builtin_bswap64(halves[1])};
}

std::array<std::uint64_t, 2> masked(const std::array<std::uint64_t, 2>& halves, unsigned length,
                                    Family /*unused*/) {
  auto keep = [](std::uint64_t half, unsigned bits) {
    return bits >= 64 ? half : bits == 0 ? 0 : half & (~std::uint64_t{0} << (64 - bits));
  };
  return {keep(halves[0], length), keep(halves[1], length > 64 ? length - 64 : 0)};
}

Ip masked_by(const Ip& ip, const std::optional<Ip>& mask) {
  if (!mask) return ip;
  auto bytes = ip.bytes();
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] &= mask->bytes()[i];
  return Ip::from_bytes(ip.family(), bytes.data());
}

std::size_t SetElementHash::operator()(const SetElement& element) const {
  std::uint64_t hash = 0;
  auto mix = [&](std::uint64_t value) {
    hash = (hash ^ value) * 0x9e3779b97f4a7c15U;
    hash ^= hash >> 32;
  };
  for (const auto& address : element.addresses) {
    mix(address[0]);
    mix(address[1]);
  }
  std::uint64_t mac = 0;
  std::memcpy(&mac, element.mac.data(), element.mac.size());
  mix(mac);
  mix((std::uint64_t{element.mark} << 32) | (std::uint64_t{element.port} << 16) | element.protocol);
  mix((std::uint64_t{element.lengths[0]} << 16) | (std::uint64_t{element.lengths[1]} << 8) |
      (element.has_mac ? 1U : 0U));
  return hash;
}

}  // namespace pyfw
