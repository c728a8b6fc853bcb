#include "ext/icmp_names.h"

#include <algorithm>
#include <array>
#include <span>

#include "base/strings.h"

namespace pyfw {
namespace {

struct Name {
  std::string_view name;
  std::uint8_t type = 0;
  std::uint8_t code = 0;
};

constexpr std::array kIcmpNames = {
    Name{"echo-reply", 0, 0},
    Name{"pong", 0, 0},
    Name{"network-unreachable", 3, 0},
    Name{"host-unreachable", 3, 1},
    Name{"protocol-unreachable", 3, 2},
    Name{"port-unreachable", 3, 3},
    Name{"fragmentation-needed", 3, 4},
    Name{"source-route-failed", 3, 5},
    Name{"network-unknown", 3, 6},
    Name{"host-unknown", 3, 7},
    Name{"network-prohibited", 3, 9},
    Name{"host-prohibited", 3, 10},
    Name{"TOS-network-unreachable", 3, 11},
    Name{"TOS-host-unreachable", 3, 12},
    Name{"communication-prohibited", 3, 13},
    Name{"host-precedence-violation", 3, 14},
    Name{"precedence-cutoff", 3, 15},
    Name{"source-quench", 4, 0},
    Name{"network-redirect", 5, 0},
    Name{"host-redirect", 5, 1},
    Name{"TOS-network-redirect", 5, 2},
    Name{"TOS-host-redirect", 5, 3},
    Name{"echo-request", 8, 0},
    Name{"ping", 8, 0},
    Name{"router-advertisement", 9, 0},
    Name{"router-solicitation", 10, 0},
    Name{"ttl-zero-during-transit", 11, 0},
    Name{"ttl-zero-during-reassembly", 11, 1},
    Name{"ip-header-bad", 12, 0},
    Name{"required-option-missing", 12, 1},
    Name{"timestamp-request", 13, 0},
    Name{"timestamp-reply", 14, 0},
    Name{"address-mask-request", 17, 0},
    Name{"address-mask-reply", 18, 0},
};

constexpr std::array kIcmp6Names = {
    Name{"no-route", 1, 0},
    Name{"communication-prohibited", 1, 1},
    Name{"address-unreachable", 1, 3},
    Name{"port-unreachable", 1, 4},
    Name{"packet-too-big", 2, 0},
    Name{"ttl-zero-during-transit", 3, 0},
    Name{"ttl-zero-during-reassembly", 3, 1},
    Name{"bad-header", 4, 0},
    Name{"unknown-header-type", 4, 1},
    Name{"unknown-option", 4, 2},
    Name{"echo-request", 128, 0},
    Name{"ping", 128, 0},
    Name{"echo-reply", 129, 0},
    Name{"pong", 129, 0},
    Name{"router-solicitation", 133, 0},
    Name{"router-advertisement", 134, 0},
    Name{"neighbour-solicitation", 135, 0},
    Name{"neighbour-advertisement", 136, 0},
    Name{"redirect", 137, 0},
};

std::optional<std::uint16_t> numbered(std::string_view text) {
  auto slash = text.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  auto type = parse_number(text.substr(0, slash));
  auto code = parse_number(text.substr(slash + 1));
  if (!type || !code || *type > 255 || *code > 255) return std::nullopt;
  return static_cast<std::uint16_t>(*type * 256 + *code);
}

}  // namespace

std::optional<std::uint16_t> parse_icmp_name(std::string_view text, Family family) {
  auto names =
      family == Family::kIpv4 ? std::span<const Name>(kIcmpNames) : std::span<const Name>(kIcmp6Names);
  auto found = std::ranges::find(names, text, &Name::name);
  if (found == names.end()) return numbered(text);
  return static_cast<std::uint16_t>(found->type * 256U + found->code);
}

}  // namespace pyfw
