#include "ext/effects.h"

namespace pyfw {
namespace {

// "PORT", "PORT-PORT", "PORT-PORT/BASE".
bool read_ports(std::string_view text, Nat& nat) {
  auto slash = text.find('/');
  if (slash != std::string_view::npos) {
    auto base = parse_ports(text.substr(slash + 1), '-');
    if (!base) return false;
    nat.port_base = static_cast<std::uint16_t>(base->first);
  }
  auto ports = parse_ports(text.substr(0, slash), '-');
  if (!ports) return false;
  nat.ports = PortRange{.first = static_cast<std::uint16_t>(ports->first),
                        .last = static_cast<std::uint16_t>(ports->last)};
  return true;
}

// "A", "A-B"; for IPv6 either may stand in brackets, or both as one.
bool read_addresses(std::string_view text, Family family, Nat& nat) {
  auto unbracketed = [](std::string_view one) {
    if (one.starts_with('[')) one.remove_prefix(1);
    if (one.ends_with(']')) one.remove_suffix(1);
    return one;
  };
  auto dash = text.find('-');
  auto first = Ip::parse(unbracketed(text.substr(0, dash)));
  auto last = dash == std::string_view::npos ? first : Ip::parse(unbracketed(text.substr(dash + 1)));
  if (!first || !last || first->family() != family || last->family() != family) return false;
  nat.addresses = AddressRange{.first = *first, .last = *last};
  return true;
}

// Where the ports begin: behind the last colon, which in IPv6 follows a bracket, or nothing (but "::1" is an
// address).
std::size_t colon_of_ports(std::string_view text, Family family) {
  bool is_port_only = text.starts_with(':') && !text.starts_with("::");
  if (family == Family::kIpv4 || is_port_only) return text.find(':');
  auto bracket = text.rfind("]:");
  return bracket == std::string_view::npos ? bracket : bracket + 1;
}

bool read_destination(std::string_view text, Family family, Nat& nat) {
  auto colon = colon_of_ports(text, family);
  auto addresses = text.substr(0, colon);
  if (!addresses.empty() && !read_addresses(addresses, family, nat)) return false;
  if (colon != std::string_view::npos) return read_ports(text.substr(colon + 1), nat);
  return !addresses.empty();
}

bool read_flag(std::string_view option, Nat& nat) {
  if (option == "--random" || option == "--random-fully") {
    nat.is_random = true;
  } else if (option == "--persistent") {
    nat.is_persistent = true;
  } else {
    return false;
  }
  return true;
}

std::optional<Target> to_addresses(Nat::Kind kind, std::string_view option, Words& words, Family family) {
  Nat nat{.kind = kind};
  while (!words.at_end()) {
    auto given = words.next_option();
    if (given != option ? !read_flag(given, nat) : !read_destination(words.value(), family, nat))
      return std::nullopt;
  }
  return nat;
}

std::optional<Target> to_ports(Nat::Kind kind, Words& words) {
  Nat nat{.kind = kind};
  while (!words.at_end()) {
    auto given = words.next_option();
    if (given != "--to-ports" ? !read_flag(given, nat) : !read_ports(words.value(), nat)) return std::nullopt;
  }
  return nat;
}

}  // namespace

std::optional<Target> effect_dnat(Words& words, Family family) {
  return to_addresses(Nat::Kind::kDnat, "--to-destination", words, family);
}

std::optional<Target> effect_snat(Words& words, Family family) {
  return to_addresses(Nat::Kind::kSnat, "--to-source", words, family);
}

std::optional<Target> effect_masquerade(Words& words, Family /*unused*/) {
  return to_ports(Nat::Kind::kMasquerade, words);
}

std::optional<Target> effect_redirect(Words& words, Family /*unused*/) {
  return to_ports(Nat::Kind::kRedirect, words);
}

std::optional<Target> effect_netmap(Words& words, Family family) {
  if (words.next_option() != "--to") return std::nullopt;
  auto network = Prefix::parse(words.value());
  if (!network || network->ip.family() != family || !words.at_end()) return std::nullopt;
  return Nat{.kind = Nat::Kind::kNetmap, .network = network};
}

}  // namespace pyfw
