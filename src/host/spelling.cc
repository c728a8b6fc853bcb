#include "host/spelling.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <utility>

namespace pyfw {
namespace {

template <typename Value, std::size_t kSize>
using Names = std::array<std::pair<Value, std::string_view>, kSize>;

constexpr Names<Family, 2> kFamilyNames = {{{Family::kIpv4, "ipv4"}, {Family::kIpv6, "ipv6"}}};

constexpr Names<RouteType, 9> kTypes = {{{RouteType::kUnicast, "unicast"},
                                         {RouteType::kLocal, "local"},
                                         {RouteType::kBroadcast, "broadcast"},
                                         {RouteType::kAnycast, "anycast"},
                                         {RouteType::kMulticast, "multicast"},
                                         {RouteType::kBlackhole, "blackhole"},
                                         {RouteType::kUnreachable, "unreachable"},
                                         {RouteType::kProhibit, "prohibit"},
                                         {RouteType::kThrow, "throw"}}};

constexpr Names<std::uint8_t, 5> kProtocols = {
    {{kTcp, "tcp"}, {kUdp, "udp"}, {kSctp, "sctp"}, {kDccp, "dccp"}, {kUdplite, "udplite"}}};

constexpr std::uint32_t kDefaultTable = 253;
constexpr Names<std::uint32_t, 3> kTables = {
    {{kMainTable, "main"}, {kLocalTable, "local"}, {kDefaultTable, "default"}}};

constexpr std::string_view kHex = "0x";

template <typename Value, std::size_t kSize>
std::optional<std::string_view> name_in(const Names<Value, kSize>& names, Value value) {
  for (const auto& [one, name] : names)
    if (one == value) return name;
  return {};
}

template <typename Value, std::size_t kSize>
std::optional<Value> value_in(const Names<Value, kSize>& names, std::string_view name) {
  for (const auto& [value, one] : names)
    if (one == name) return value;
  return {};
}

template <typename Number, std::size_t kSize>
std::string name_or_number(const Names<Number, kSize>& names, Number number) {
  auto name = name_in(names, number);
  return name ? std::string(*name) : Spelling<Number>::write(number);
}

template <typename Number, std::size_t kSize>
std::optional<Number> read_name_or_number(const Names<Number, kSize>& names, std::string_view text) {
  auto number = value_in(names, text);
  return number ? number : Spelling<Number>::read(text);
}

}  // namespace

std::string Spelling<Family>::write(Family family) { return std::string(*name_in(kFamilyNames, family)); }
std::optional<Family> Spelling<Family>::read(std::string_view text) { return value_in(kFamilyNames, text); }

std::string Spelling<RouteType>::write(RouteType type) { return std::string(*name_in(kTypes, type)); }
std::optional<RouteType> Spelling<RouteType>::read(std::string_view text) { return value_in(kTypes, text); }

std::optional<bool> UpOrDown::read(std::string_view text) {
  if (text != "up" && text != "down") return {};
  return text == "up";
}

std::string ProtocolName::write(std::uint8_t protocol) { return name_or_number(kProtocols, protocol); }
std::optional<std::uint8_t> ProtocolName::read(std::string_view text) {
  return read_name_or_number(kProtocols, text);
}

std::string RoutingTableName::write(std::uint32_t table) { return name_or_number(kTables, table); }
std::optional<std::uint32_t> RoutingTableName::read(std::string_view text) {
  return read_name_or_number(kTables, text);
}

std::string HexNumber::write(std::uint32_t number) { return fmt::format("0x{:x}", number); }
std::optional<std::uint32_t> HexNumber::read(std::string_view text) {
  if (!text.starts_with(kHex)) return {};
  text.remove_prefix(kHex.size());
  std::uint32_t number = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, 16);
  if (error != std::errc() || end != text.data() + text.size()) return {};
  return number;
}

}  // namespace pyfw
