#include "ext/encounter.h"
#include "ext/make_conditions.h"
#include "ext/matches.h"

namespace pyfw {
namespace {

constexpr std::uint32_t kCameByPort = 1;
constexpr std::uint32_t kLeavesByPort = 2;

// xt_physdev's --physdev-is-bridged and --physdev-is-out ask the same of a packet: that it leaves by a port.
std::optional<std::uint32_t> physical_bit(std::string_view option) {
  if (option == "--physdev-is-in") return kCameByPort;
  if (option == "--physdev-is-out" || option == "--physdev-is-bridged") return kLeavesByPort;
  return std::nullopt;
}

std::optional<PacketType> parse_packet_type(std::string_view text) {
  if (text == "unicast" || text == "host") return PacketType::kUnicast;
  if (text == "broadcast" || text == "bcast") return PacketType::kBroadcast;
  if (text == "multicast" || text == "mcast") return PacketType::kMulticast;
  return std::nullopt;
}

}  // namespace

bool match_mac(Words& words, Family /*unused*/, Conditions& out) {
  if (words.next_option() != "--mac-source") return false;
  bool inverted = words.is_inverted();
  auto mac = parse_mac(words.value());
  if (mac) add(out, SourceMacIs{.inverted = inverted, .mac = *mac});
  return mac && words.at_end();
}

bool match_physdev(Words& words, Family /*unused*/, Conditions& out) {
  while (!words.at_end()) {
    auto option = words.next_option();
    bool inverted = words.is_inverted();
    if (auto bit = physical_bit(option)) {
      auto asked = has_any_bit(NumberField::kPhysicalInterfaces, *bit);
      asked.inverted = inverted;
      add(out, std::move(asked));
      continue;
    }
    if (option != "--physdev-in" && option != "--physdev-out") return false;
    auto field = option == "--physdev-in" ? InterfaceField::kPhysicalIn : InterfaceField::kPhysicalOut;
    auto pattern = words.value();
    if (pattern.empty()) return false;
    add(out, interface_is(field, pattern, inverted));
  }
  return true;
}

bool match_pkttype(Words& words, Family /*unused*/, Conditions& out) {
  if (words.next_option() != "--pkt-type") return false;
  bool inverted = words.is_inverted();
  auto type = parse_packet_type(words.value());
  if (!type) return false;
  auto asked = number_is(NumberField::kPacketType, static_cast<std::uint32_t>(*type));
  asked.inverted = inverted;
  add(out, std::move(asked));
  return words.at_end();
}

}  // namespace pyfw
