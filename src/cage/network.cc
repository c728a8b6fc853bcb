#include "cage/network.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "net/mac.h"

namespace pyfw {
namespace {

constexpr std::size_t kLongestName = 15;
constexpr unsigned kFirstNumber = 70;

const std::string& name_in_there(const InterfaceNames& renamed, const std::string& name) {
  auto found = renamed.find(name);
  return found == renamed.end() ? name : found->second;
}

// "eth" of "eth0", "enp3s" of "enp3s0", "wan" of "wan".
std::string_view stem(std::string_view name) {
  auto last = name.find_last_not_of("0123456789");
  return name.substr(0, last == std::string_view::npos ? 0 : last + 1);
}

std::string free_name(std::string_view old, const std::set<std::string>& taken, std::string_view text) {
  for (unsigned number = kFirstNumber;; ++number) {
    auto digits = std::to_string(number);
    auto name = std::string(stem(old).substr(0, kLongestName - digits.size())) + digits;
    if (!taken.contains(name) && !text.contains(name)) return name;
  }
}

// That of the addresses' own prefixes stands there already.
bool is_connected(const Route& route, const Facts& facts) {
  if (route.gateway) return false;
  return std::ranges::any_of(facts.interfaces, [&](const Interface& interface) {
    return interface.name == route.interface &&
           std::ranges::any_of(interface.addresses, [&](const Prefix& address) {
             return address.length == route.destination.length &&
                    address.ip.masked(address.length) == route.destination.ip;
           });
  });
}

bool is_reached_directly(const Ip& gateway, const std::string& name, const Facts& facts) {
  return std::ranges::any_of(facts.interfaces, [&](const Interface& interface) {
    return interface.name == name && std::ranges::any_of(interface.addresses, [&](const Prefix& address) {
             return address.ip.family() == gateway.family() &&
                    gateway.masked(address.length) == address.ip.masked(address.length);
           });
  });
}

std::string route_commands(const Route& route, const Facts& facts, const InterfaceNames& renamed) {
  const auto& device = name_in_there(renamed, route.interface);
  std::string out;
  auto command = fmt::format("route replace {}", route.destination.to_string());
  if (route.gateway) {
    out += fmt::format("neigh replace {} dev {} lladdr 02:00:00:00:00:01 nud permanent\n",
                       route.gateway->to_string(), device);
    bool crosses = route.gateway->family() != route.destination.ip.family();
    command += fmt::format(" via {}{}", crosses ? "inet6 " : "", route.gateway->to_string());
  }
  command += fmt::format(" dev {}", device);
  if (route.metric != 0) command += fmt::format(" metric {}", route.metric);
  if (route.preferred_source) command += fmt::format(" src {}", route.preferred_source->to_string());
  if (route.gateway && !is_reached_directly(*route.gateway, route.interface, facts)) command += " onlink";
  return out + command + "\n";
}

}  // namespace

bool is_dockers(const Interface& interface) {
  return interface.kind == "bridge" && (interface.name == "docker0" || interface.name.starts_with("br-"));
}

InterfaceNames other_names(const Facts& facts, std::string_view text) {
  InterfaceNames names;
  std::set<std::string> taken;
  for (const auto& interface : facts.interfaces) taken.insert(interface.name);
  for (const auto& interface : facts.interfaces) {
    if (interface.name == "lo" || is_dockers(interface)) continue;
    auto name = free_name(interface.name, taken, text);
    taken.insert(name);
    names.emplace(interface.name, std::move(name));
  }
  // A VLAN is named after what it is on, and a script may put the two together itself.
  for (auto& [old, name] : names) {
    auto dot = old.rfind('.');
    if (dot == std::string::npos) continue;
    auto below = names.find(old.substr(0, dot));
    if (below == names.end()) continue;
    auto joined = below->second + old.substr(dot);
    if (joined.size() <= kLongestName && !taken.contains(joined)) name = joined;
  }
  return names;
}

std::string link_commands(const Facts& facts, const InterfaceNames& renamed, const LinkKinds& kinds) {
  std::string out = "link set lo up\n";
  for (const auto& interface : facts.interfaces) {
    if (interface.name == "lo") continue;
    const auto& name = name_in_there(renamed, interface.name);
    auto mac = interface.mac ? fmt::format(" address {}", to_string(*interface.mac)) : "";
    out += fmt::format("link add {}{} type {}\n", name, mac,
                       interface.kind == "bridge" ? kinds.bridge : kinds.other);
    out += fmt::format("link set {} up\n", name);
  }
  return out;
}

std::string address_commands(const Facts& facts, const InterfaceNames& renamed) {
  std::string out;
  for (const auto& interface : facts.interfaces) {
    for (const auto& address : interface.addresses) {
      if (interface.name == "lo" &&
          (address.to_string() == "127.0.0.1/8" || address.to_string() == "::1/128"))
        continue;
      bool is_v4 = address.ip.family() == Family::kIpv4;
      out += fmt::format("address replace {}/{} dev {}{}\n", address.ip.to_string(), address.length,
                         name_in_there(renamed, interface.name),
                         is_v4 && address.length < 31 ? " brd +"
                         : is_v4                      ? ""
                                                      : " nodad");
    }
  }
  // Those without a gateway first: they lead to the others' gateways.
  for (bool with_gateway : {false, true})
    for (const auto& route : facts.routes)
      if (route.table == kMainTable && route.type == RouteType::kUnicast && !route.interface.empty() &&
          route.gateway.has_value() == with_gateway && !is_connected(route, facts))
        out += route_commands(route, facts, renamed);
  return out;
}

}  // namespace pyfw
