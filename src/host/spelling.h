// How one value of the facts stands in a document: as a text, a number, or true and false.
//
//   Spelling<Prefix>::write(prefix)        // "192.0.2.0/24"
//   Spelling<Prefix>::read("192.0.2.0/24")

#pragma once

#include <concepts>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

#include "base/strings.h"
#include "host/facts.h"
#include "net/ip.h"
#include "net/mac.h"

namespace pyfw {

// kWhat says what a text that can't be read is not.
template <typename Value>
struct Spelling;

template <>
struct Spelling<std::string> {
  static constexpr std::string_view kWhat = "a text of one line";
  static std::string write(const std::string& text) { return text; }
  static std::optional<std::string> read(std::string_view text) {
    if (text.find('\n') != std::string_view::npos) return {};
    return std::string(text);
  }
};

template <>
struct Spelling<bool> {
  static constexpr std::string_view kWhat = "true or false";
  static std::string write(bool value) { return value ? "true" : "false"; }
  static std::optional<bool> read(std::string_view text) {
    if (text != "true" && text != "false") return {};
    return text == "true";
  }
};

template <std::integral Number>
  requires(!std::same_as<Number, bool>)
struct Spelling<Number> {
  static constexpr std::string_view kWhat = "a number that fits here";
  static std::string write(Number value) { return std::to_string(value); }
  static std::optional<Number> read(std::string_view text) {
    auto number = parse_number(text);
    if (!number || std::cmp_greater(*number, std::numeric_limits<Number>::max())) return {};
    return static_cast<Number>(*number);
  }
};

template <>
struct Spelling<Ip> {
  static constexpr std::string_view kWhat = "an address";
  static std::string write(const Ip& ip) { return ip.to_string(); }
  static std::optional<Ip> read(std::string_view text) { return Ip::parse(text); }
};

template <>
struct Spelling<Prefix> {
  static constexpr std::string_view kWhat = "an address with a prefix length";
  static std::string write(const Prefix& prefix) { return prefix.to_string(); }
  static std::optional<Prefix> read(std::string_view text) { return Prefix::parse(text); }
};

template <>
struct Spelling<Mac> {
  static constexpr std::string_view kWhat = "a hardware address";
  static std::string write(const Mac& mac) { return to_string(mac); }
  static std::optional<Mac> read(std::string_view text) { return parse_mac(text); }
};

template <>
struct Spelling<Family> {
  static constexpr std::string_view kWhat = "ipv4 or ipv6";
  static std::string write(Family family);
  static std::optional<Family> read(std::string_view text);
};

// As `ip route` names them.
template <>
struct Spelling<RouteType> {
  static constexpr std::string_view kWhat = "a type of routes";
  static std::string write(RouteType type);
  static std::optional<RouteType> read(std::string_view text);
};

// Types that a document spells in another way than what they are made of.
struct UpOrDown {
  static constexpr std::string_view kWhat = "up or down";
  static std::string write(bool is_up) { return is_up ? "up" : "down"; }
  static std::optional<bool> read(std::string_view text);
};

// tcp, udp, sctp, or the number.
struct ProtocolName {
  static constexpr std::string_view kWhat = "a protocol";
  static std::string write(std::uint8_t protocol);
  static std::optional<std::uint8_t> read(std::string_view text);
};

// main, local, default, or the number.
struct RoutingTableName {
  static constexpr std::string_view kWhat = "a routing table";
  static std::string write(std::uint32_t table);
  static std::optional<std::uint32_t> read(std::string_view text);
};

// 0x1, as `ip rule` shows marks.
struct HexNumber {
  static constexpr std::string_view kWhat = "a hexadecimal number";
  static std::string write(std::uint32_t number);
  static std::optional<std::uint32_t> read(std::string_view text);
};

// Something that is one scalar of a document.
template <typename Value>
concept Spelled = requires(const Value& value) { Spelling<Value>::write(value); };

}  // namespace pyfw
