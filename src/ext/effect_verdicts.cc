#include "ext/effects.h"

namespace pyfw {

std::optional<Target> effect_accept(Words& /*unused*/, Family /*unused*/) { return Accept{}; }
std::optional<Target> effect_drop(Words& /*unused*/, Family /*unused*/) { return Drop{}; }
std::optional<Target> effect_return(Words& /*unused*/, Family /*unused*/) { return Return{}; }
std::optional<Target> effect_continue(Words& /*unused*/, Family /*unused*/) { return Continue{}; }
std::optional<Target> effect_notrack(Words& /*unused*/, Family /*unused*/) { return Untrack{}; }

std::optional<Target> effect_reject(Words& words, Family family) {
  Reject reject{.with = family == Family::kIpv4 ? "icmp-port-unreachable" : "icmp6-port-unreachable"};
  if (words.at_end()) return reject;
  if (words.next_option() != "--reject-with") return std::nullopt;
  reject.with = words.value();
  return reject;
}

std::optional<Target> effect_ct(Words& words, Family /*unused*/) {
  while (!words.at_end())
    if (words.next_option() == "--notrack") return Untrack{};
  return TrackAnyway{};
}

std::optional<Target> effect_tproxy(Words& words, Family family) {
  TransparentProxy proxy;
  while (!words.at_end()) {
    auto option = words.next_option();
    auto value = words.value();
    if (option == "--on-port") {
      auto port = parse_ports(value);
      if (!port) return std::nullopt;
      proxy.port = static_cast<std::uint16_t>(port->first);
    } else if (option == "--on-ip") {
      auto ip = Ip::parse(value);
      if (!ip || ip->family() != family) return std::nullopt;
      if (*ip != ip->masked(0)) proxy.address = ip;
    } else if (option == "--tproxy-mark") {
      auto mark = parse_masked(value);
      if (!mark) return std::nullopt;
      proxy.mark = mark->value;
      proxy.mask = mark->mask;
    } else {
      return std::nullopt;
    }
  }
  return proxy;
}

std::optional<Target> effect_set(Words& words, Family /*unused*/) {
  Unpredictable effect{.goes_on = true};
  while (!words.at_end()) {
    auto option = words.next_option();
    if (option == "--add-set" || option == "--del-set") effect.set = words.value();
    if (option == "--map-mark") effect.changes_mark = true;
  }
  return effect;
}

}  // namespace pyfw
