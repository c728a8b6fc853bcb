#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/strings.h"
#include "doctor/checks.h"
#include "doctor/docker_host.h"
#include "trace/kernel_settings.h"

namespace pyfw {
namespace {

constexpr int kStrict = 1;

// By which packets to anywhere go out, in whatever table.
std::set<std::string> ways_out(const Facts& facts) {
  std::set<std::string> out;
  for (const auto& route : facts.routes)
    if (route.type == RouteType::kUnicast && route.destination.length == 0 &&
        route.destination.ip.family() == Family::kIpv4 && !route.interface.empty())
      out.insert(route.interface);
  return out;
}

Advice loopback_is_routed(const std::vector<std::string>& interfaces) {
  return {.id = "route-localnet",
          .severity = Severity::kWarning,
          .message = fmt::format("packets to 127.0.0.0/8 are taken from outside by {} (route_localnet is 1)",
                                 join(interfaces, ", ")),
          .why =
              "a neighbour in the same network reaches what listens on 127.0.0.1 only, unless a rule drops "
              "it",
          .instead =
              "set net.ipv4.conf.all.route_localnet and that of these interfaces to 0; where something "
              "needs it, wish for `-d 127.0.0.0/8 ! -i lo -j DROP` in raw PREROUTING"};
}

Advice is_strict(const std::string& interface, const std::vector<std::string>& others) {
  return {.id = "rp-filter-strict",
          .severity = Severity::kWarning,
          .message = fmt::format("{} drops packets whose way back is another interface (rp_filter is 1), and "
                                 "there are several ways out: {}",
                                 interface, join(others, ", ")),
          .why =
              "what comes in by one line and is to be answered by another is gone before any rule, and no "
              "log says so",
          .instead =
              fmt::format("set net.ipv4.conf.{}.rp_filter=2, which asks only for any way back", interface)};
}

Advice is_lax(const std::vector<std::string>& interfaces) {
  return {.id = "rp-filter-off",
          .severity = Severity::kNote,
          .message = fmt::format("packets with forged source addresses come in by {} (rp_filter is 0)",
                                 join(interfaces, ", ")),
          .why =
              "a rule that goes by a source address alone, as `-s 172.17.0.0/16`, takes also what comes from "
              "outside under such an address",
          .instead =
              "name the interface in such rules; or, where there is one way out, set "
              "net.ipv4.conf.all.rp_filter=1 (2 asks for any way back, and to a container there is one)"};
}

}  // namespace

Findings look_at_forgery(const Examined& host) {
  const auto& facts = host.host.facts;
  Findings out;
  if (!facts.settings) return out;
  std::vector<std::string> routed;
  std::vector<std::string> lax;
  auto ways = ways_out(facts);
  for (const auto& interface : facts.interfaces) {
    bool has_ipv4 = std::ranges::any_of(
        interface.addresses, [](const Prefix& address) { return address.ip.family() == Family::kIpv4; });
    if (!interface.is_up || !has_ipv4 || !is_outside(facts, interface.name)) continue;
    if (routes_localnet(facts, interface.name)) routed.push_back(interface.name);
    auto filter = rp_filter(facts, interface.name);
    if (filter == 0) lax.push_back(interface.name);
    if (filter == kStrict && ways.size() > 1 && ways.contains(interface.name))
      out.push_back(is_strict(interface.name, {ways.begin(), ways.end()}));
  }
  if (!routed.empty()) out.push_back(loopback_is_routed(routed));
  if (!lax.empty()) out.push_back(is_lax(lax));
  return out;
}

}  // namespace pyfw
