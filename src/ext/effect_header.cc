#include "base/strings.h"
#include "ext/effects.h"

namespace pyfw {
namespace {

constexpr std::uint8_t kDscpBits = 0xfc;
constexpr std::uint8_t kCongestionFlags = 0xc0;  // ECE and CWR

std::uint8_t byte(std::uint32_t value) { return static_cast<std::uint8_t>(value); }

}  // namespace

// TTL and HL.
std::optional<Target> effect_ttl(Words& words, Family family) {
  std::string_view prefix = family == Family::kIpv4 ? "--ttl-" : "--hl-";
  auto option = words.next_option();
  auto value = parse_c_number(words.value());
  if (!value || *value > 255 || !option.starts_with(prefix) || !words.at_end()) return std::nullopt;
  option.remove_prefix(prefix.size());
  ChangeTtl change{.value = byte(*value)};
  if (option == "inc") {
    change.kind = ChangeTtl::Kind::kIncrement;
  } else if (option == "dec") {
    change.kind = ChangeTtl::Kind::kDecrement;
  } else if (option != "set") {
    return std::nullopt;
  }
  return change;
}

std::optional<Target> effect_tos(Words& words, Family /*unused*/) {
  if (words.next_option() != "--set-tos") return std::nullopt;
  auto tos = parse_masked(words.value());
  if (!tos || !words.at_end()) return std::nullopt;
  return ChangeTos{.clear = byte(tos->mask), .flip = byte(tos->value)};
}

std::optional<Target> effect_dscp(Words& words, Family /*unused*/) {
  if (words.next_option() != "--set-dscp") return std::nullopt;
  auto dscp = parse_c_number(words.value());
  if (!dscp || *dscp > 63 || !words.at_end()) return std::nullopt;
  return ChangeTos{.clear = kDscpBits, .flip = byte(*dscp << 2)};
}

std::optional<Target> effect_ecn(Words& words, Family /*unused*/) {
  if (words.next_option() != "--ecn-tcp-remove" || !words.at_end()) return std::nullopt;
  return ChangeTcp{.cleared_flags = kCongestionFlags};
}

// A packet of ours tells of the kinds below 8 only.
std::optional<Target> effect_tcpoptstrip(Words& words, Family /*unused*/) {
  if (words.next_option() != "--strip-options") return std::nullopt;
  ChangeTcp change;
  for (auto word : split(words.value(), ',')) {
    auto kind = parse_c_number(word);
    if (!kind) return std::nullopt;
    if (*kind < 8) change.stripped_options |= byte(1U << *kind);
  }
  return change;
}

}  // namespace pyfw
