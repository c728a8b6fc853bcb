#include "ask/packet_words.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/strings.h"

namespace pyfw {
namespace {

constexpr std::array<std::string_view, 5> kStates = {"INVALID", "NEW", "ESTABLISHED", "RELATED", "UNTRACKED"};

struct NamedType {
  Family family;
  std::string_view name;
  IcmpType type;
};

constexpr std::array<NamedType, 22> kTypes = {{
    {Family::kIpv4, "echo-request", {8, 0}},
    {Family::kIpv4, "echo-reply", {0, 0}},
    {Family::kIpv4, "destination-unreachable", {3, 0}},
    {Family::kIpv4, "host-unreachable", {3, 1}},
    {Family::kIpv4, "port-unreachable", {3, 3}},
    {Family::kIpv4, "fragmentation-needed", {3, 4}},
    {Family::kIpv4, "source-quench", {4, 0}},
    {Family::kIpv4, "redirect", {5, 0}},
    {Family::kIpv4, "router-advertisement", {9, 0}},
    {Family::kIpv4, "router-solicitation", {10, 0}},
    {Family::kIpv4, "time-exceeded", {11, 0}},
    {Family::kIpv4, "parameter-problem", {12, 0}},
    {Family::kIpv4, "timestamp-request", {13, 0}},
    {Family::kIpv4, "timestamp-reply", {14, 0}},
    {Family::kIpv6, "echo-request", {128, 0}},
    {Family::kIpv6, "echo-reply", {129, 0}},
    {Family::kIpv6, "destination-unreachable", {1, 0}},
    {Family::kIpv6, "packet-too-big", {2, 0}},
    {Family::kIpv6, "router-solicitation", {133, 0}},
    {Family::kIpv6, "router-advertisement", {134, 0}},
    {Family::kIpv6, "neighbour-solicitation", {135, 0}},
    {Family::kIpv6, "neighbour-advertisement", {136, 0}},
}};

std::optional<std::uint8_t> byte_of(std::string_view text) {
  auto number = parse_number(text);
  if (!number || *number > 255) return {};
  return static_cast<std::uint8_t>(*number);
}

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
  for (const auto& known : kTypes)
    if (known.family == packet.family() && known.type.type == packet.icmp_type &&
        known.type.code == packet.icmp_code)
      return std::string(known.name);
  return packet.icmp_code == 0 ? fmt::format("type {}", packet.icmp_type)
                               : fmt::format("type {}/{}", packet.icmp_type, packet.icmp_code);
}

std::optional<IcmpType> icmp_type_called(std::string_view name, Family family) {
  for (const auto& known : kTypes)
    if (known.family == family && known.name == name) return known.type;
  auto slash = name.find('/');
  auto type = byte_of(name.substr(0, slash));
  auto code = slash == std::string_view::npos ? std::uint8_t{0} : byte_of(name.substr(slash + 1));
  if (!type || !code) return {};
  return IcmpType{.type = *type, .code = *code};
}

}  // namespace pyfw
