#include "ask/packet_words.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/strings.h"
#include "ext/icmp_names.h"

namespace pyfw {
namespace {

constexpr std::array<std::string_view, 5> kStates = {"INVALID", "NEW", "ESTABLISHED", "RELATED", "UNTRACKED"};

std::string end_of(const Ip& ip, std::uint16_t port, bool has_port) {
  if (!has_port) return ip.to_string();
  return ip.family() == Family::kIpv4 ? fmt::format("{}:{}", ip.to_string(), port)
                                      : fmt::format("[{}]:{}", ip.to_string(), port);
}

}  // namespace

std::string ends_of(const Packet& packet) {
  bool has = has_ports(packet.protocol);
  bool is_icmp = packet.protocol == kIcmp || packet.protocol == kIcmp6;
  return fmt::format("{} to {}{}", end_of(packet.source, packet.source_port, has),
                     end_of(packet.destination, packet.destination_port, has),
                     is_icmp ? ", " + name_of_icmp(packet) : "");
}

std::string_view name_of(CtState state) { return kStates[static_cast<std::size_t>(state)]; }

std::optional<CtState> ct_state_called(std::string_view name) {
  const auto* found = std::ranges::find(kStates, name);
  if (found == kStates.end()) return {};
  return static_cast<CtState>(found - kStates.begin());
}

std::string name_of_icmp(const Packet& packet) {
  for (const char* name : {"echo-request", "echo-reply"})
    if (parse_icmp_name(name, packet.family()) == packet.icmp_type * 256U + packet.icmp_code) return name;
  return packet.icmp_code == 0 ? fmt::format("type {}", packet.icmp_type)
                               : fmt::format("type {}/{}", packet.icmp_type, packet.icmp_code);
}

std::optional<IcmpType> icmp_type_called(std::string_view name, Family family) {
  auto number = parse_number(name);
  auto both = number ? (*number <= 255 ? std::optional(*number * 256) : std::nullopt)
                     : std::optional<unsigned long>(parse_icmp_name(name, family));
  if (!both) return {};
  return IcmpType{.type = static_cast<std::uint8_t>(*both / 256),
                  .code = static_cast<std::uint8_t>(*both % 256)};
}

}  // namespace pyfw
