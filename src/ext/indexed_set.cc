#include "ext/indexed_set.h"

#include <algorithm>

#include "base/contains.h"
#include "ext/read_field.h"

namespace pyfw {
namespace {

bool is_fragment_without_ports(const Packet& packet) {
  if (!packet.is_fragment) return false;
  constexpr std::array<std::uint8_t, 5> kPorted = {kTcp, kSctp, kUdp, kUdplite, kIcmp};
  return packet.family() == Family::kIpv6 || contains(kPorted, packet.protocol);
}

// What get_port() of the kernel's ip_set_getport.c reads: protocols that it does not know have port 0.
bool read_port(const Packet& packet, bool is_source, SetElement& element) {
  if (is_fragment_without_ports(packet)) return false;
  element.protocol = packet.protocol;
  if (packet.protocol == kIcmp || packet.protocol == kIcmp6) {
    element.port = static_cast<std::uint16_t>(packet.icmp_type * 256 + packet.icmp_code);
  } else if (has_ports(packet.protocol) && packet.protocol != kDccp) {
    element.port = is_source ? packet.source_port : packet.destination_port;
  }
  return true;
}

// A bitmap:port keeps no protocols, and takes those two.
bool read_bitmap_port(const Packet& packet, bool is_source, SetElement& element) {
  if (packet.protocol != kTcp && packet.protocol != kUdp) return false;
  bool there = read_port(packet, is_source, element);
  element.protocol = 0;
  return there;
}

bool is_zero(const std::array<std::uint64_t, 2>& halves) { return halves[0] == 0 && halves[1] == 0; }

Membership member(bool is_nomatch) { return is_nomatch ? Membership::kNomatch : Membership::kMember; }

}  // namespace

IndexedSet::IndexedSet(const Set& set) : name_(set.name), layout_(layout_of(set)) {
  if (layout_.is_list) {
    for (auto name : sets_held_by(set)) listed_.emplace_back(name);
    return;
  }
  if (!layout_.is_known) is_complete_ = false;
  if (!is_complete_) return;
  elements_ = ElementTable(set.members.size());
  for (const auto& text : set.members) add(text);
  for (auto& lengths : lengths_) std::ranges::sort(lengths, std::greater());
}

void IndexedSet::add(std::string_view text) {
  auto parsed = parse_element(element_of(text), layout_);
  if (!parsed) {
    is_complete_ = false;
    return;
  }
  bool is_nomatch = false;
  bool is_prefix = false;
  if (text.find("nomatch") != std::string_view::npos || text.find("wildcard") != std::string_view::npos) {
    auto extras = parse_member(text).extras;
    is_nomatch = extras.contains("nomatch");
    is_prefix = extras.contains("wildcard");
  }
  if (parsed->is_physical) return;  // no rule of iptables can ask for it
  note_lengths(parsed->element);
  if (contains(layout_.parts, SetPart::kInterface)) {
    auto place = elements_.add(parsed->element, static_cast<std::uint32_t>(at_interfaces_.size()));
    if (place == at_interfaces_.size()) at_interfaces_.emplace_back();
    at_interfaces_[place].push_back(
        {.name = std::string(parsed->interface), .is_prefix = is_prefix, .is_nomatch = is_nomatch});
    return;
  }
  elements_.add(parsed->element, is_nomatch ? 1 : 0);
  // So that an address without its MAC can be looked up.
  if (parsed->element.has_mac && layout_.parts.size() > 1) {
    auto without = parsed->element;
    without.mac = {};
    elements_.add(without, 0);
  }
}

void IndexedSet::note_lengths(const SetElement& element) {
  for (std::size_t slot = 0; slot < lengths_.size(); ++slot)
    if (!contains(lengths_[slot], element.lengths[slot])) lengths_[slot].push_back(element.lengths[slot]);
}

Membership IndexedSet::find(std::uint8_t sources, const Encounter& encounter) const {
  const auto& packet = encounter.packet;
  if (layout_.family && packet.family() != *layout_.family) return Membership::kNone;
  SetElement wanted;
  std::string_view interface;
  bool lacks_mac = false;
  std::size_t addresses = 0;
  for (std::size_t i = 0; i < layout_.parts.size(); ++i) {
    bool is_source = (sources >> i & 1U) != 0;
    switch (layout_.parts[i]) {
      case SetPart::kIp:
      case SetPart::kNet:
        wanted.addresses[addresses++] =
            halves_of(masked_by(is_source ? packet.source : packet.destination, layout_.mask));
        break;
      case SetPart::kPort:
        if (!(layout_.is_bitmap ? read_bitmap_port(packet, is_source, wanted)
                                : read_port(packet, is_source, wanted)))
          return Membership::kNone;
        break;
      case SetPart::kMac: {
        auto is = read_source_mac(encounter, wanted.mac);
        if (is == Reading::Is::kAbsent) return Membership::kNone;
        lacks_mac = is == Reading::Is::kUnknown || !is_source;
        wanted.has_mac = true;
        break;
      }
      case SetPart::kMark: wanted.mark = encounter.mark & layout_.mark_mask; break;
      case SetPart::kInterface:
        interface = is_source ? encounter.in_interface : encounter.out_interface;
        if (interface.empty()) return Membership::kNone;
        break;
    }
  }
  // The kernel takes no address of zeros for a member of hash:ip.
  if (layout_.parts.size() == 1 && layout_.parts[0] == SetPart::kIp && !layout_.is_bitmap &&
      is_zero(wanted.addresses[0]))
    return Membership::kNone;
  auto found = lacks_mac           ? find_without_mac(wanted)
               : interface.empty() ? find_with_prefixes(wanted)
                                   : find_at_interface(wanted, interface);
  return found == Membership::kNone && !is_complete_ ? Membership::kUnknown : found;
}

Membership IndexedSet::find_with_prefixes(SetElement& wanted) const {
  auto whole = wanted.addresses;
  auto family = layout_.family.value_or(Family::kIpv4);
  for (auto first : lengths_[0]) {
    wanted.addresses[0] = masked(whole[0], first, family);
    wanted.lengths[0] = first;
    for (auto second : lengths_[1]) {
      wanted.addresses[1] = masked(whole[1], second, family);
      wanted.lengths[1] = second;
      if (const auto* is_nomatch = elements_.find(wanted)) return member(*is_nomatch != 0);
      if (wanted.has_mac && layout_.is_bitmap) {
        auto without = wanted;
        without.has_mac = false;
        without.mac = {};
        if (elements_.find(without) != nullptr) return Membership::kMember;
      }
    }
  }
  return Membership::kNone;
}

// The longest prefix that has members decides, whatever their interfaces.
Membership IndexedSet::find_at_interface(SetElement& wanted, std::string_view interface) const {
  auto whole = wanted.addresses[0];
  for (auto length : lengths_[0]) {
    wanted.addresses[0] = masked(whole, length, layout_.family.value_or(Family::kIpv4));
    wanted.lengths[0] = length;
    const auto* place = elements_.find(wanted);
    if (place == nullptr) continue;
    auto result = Membership::kNone;
    for (const auto& at : at_interfaces_[*place]) {
      if (at.is_prefix ? !interface.starts_with(at.name) : interface != at.name) continue;
      // Which of two that say otherwise is met first depends on the kernel's hash.
      if (result != Membership::kNone && result != member(at.is_nomatch)) return Membership::kUnknown;
      result = member(at.is_nomatch);
    }
    return result;
  }
  return Membership::kNone;
}

Membership IndexedSet::find_without_mac(const SetElement& wanted) const {
  if (layout_.parts.size() == 1) return elements_.empty() ? Membership::kNone : Membership::kUnknown;
  auto address = wanted;
  address.mac = {};
  address.lengths = {static_cast<std::uint8_t>(address_bits(layout_.family.value_or(Family::kIpv4))), 0};
  if (elements_.find(address) != nullptr) return Membership::kUnknown;
  address.has_mac = false;
  return elements_.find(address) != nullptr ? Membership::kMember : Membership::kNone;
}

}  // namespace pyfw
