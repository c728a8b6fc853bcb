#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/contains.h"
#include "base/strings.h"
#include "doctor/chain_owners.h"
#include "doctor/checks.h"
#include "doctor/docker_host.h"
#include "doctor/interface_rules.h"

namespace pyfw {
namespace {

bool is_up_with_address(const Interface& interface) {
  return interface.is_up && !interface.addresses.empty();
}

// Those behind which others are that this host routes for: machines of libvirt and LXC, peers of a VPN.
bool is_of_neighbours(const Interface& interface, const Docker* docker) {
  constexpr std::array kKinds = {"bridge", "wireguard", "tun", "ppp", "ipip", "gre", "sit", "xfrm"};
  return is_up_with_address(interface) && contains(kKinds, interface.kind) &&
         !is_bridge_of_docker(docker, interface.name);
}

const Chain* forward_of(const Ruleset& rules) { return find_chain(rules, "filter", "FORWARD"); }

std::string_view policy_of(const Ruleset& rules) {
  const auto* forward = forward_of(rules);
  return forward != nullptr && forward->policy ? std::string_view(*forward->policy) : "ACCEPT";
}

bool forwards_ipv4(const Facts& facts) { return !facts.settings || facts.settings->ip_forward; }

bool forwards_ipv6(const Facts& facts) {
  if (!facts.settings) return true;
  auto all = facts.settings->interfaces.find("all");
  return all == facts.settings->interfaces.end() || all->second.forwards_ipv6;
}

Advice off(std::string_view engine, std::size_t containers) {
  return {.id = "forwarding-off",
          .severity = Severity::kError,
          .message =
              fmt::format("this host forwards nothing (net.ipv4.ip_forward is 0), but has {} of {} "
                          "behind bridges",
                          containers == 1 ? "a container" : fmt::format("{} containers", containers), engine),
          .why =
              "they reach nothing outside, and nobody outside reaches their published ports but by "
              "docker-proxy",
          .instead =
              "set net.ipv4.ip_forward=1 in a file of /etc/sysctl.d, and `sysctl --system`; look for "
              "the file that sets it to 0"};
}

Advice ipv6_off(std::string_view engine, const std::string& network) {
  return {.id = "forwarding-ipv6-off",
          .severity = Severity::kWarning,
          .message = fmt::format("{}'s network {} has IPv6, but this host does not forward it "
                                 "(net.ipv6.conf.all.forwarding is 0)",
                                 engine, network),
          .why = "its containers reach nothing outside over IPv6, and are not reached",
          .instead =
              "set net.ipv6.conf.all.forwarding=1 in a file of /etc/sysctl.d; where the host gets its "
              "own address by router advertisements, also accept_ra=2 on that interface"};
}

Advice accepts() {
  return {.id = "forward-policy-accept",
          .severity = Severity::kNote,
          .message = "this host forwards, and the policy of FORWARD is ACCEPT",
          .why =
              "whoever names this host as the way gets through it to all networks that it knows, "
              "containers' among them, unless a rule says no",
          .instead = "wish for `default_action: DROP` in FORWARD, with rules for what shall pass"};
}

// Behind a tunnel may be nobody who wants to get further; a bridge is there for that.
Advice drops(Family family, const std::vector<std::string>& interfaces, Severity severity) {
  return {
      .id = "forward-policy-drop",
      .severity = severity,
      .message = fmt::format("the policy of {}'s FORWARD is DROP, and no rule lets through what comes or "
                             "goes by {}",
                             family == Family::kIpv4 ? "iptables" : "ip6tables", join(interfaces, ", ")),
      .why =
          "Docker sets that policy when it has to turn forwarding on; machines of libvirt or LXC and "
          "peers of a VPN behind these interfaces then reach nothing by this host",
      .instead = fmt::format("wish for rules in FORWARD (or DOCKER-USER): `-i {0} -j ACCEPT`, and `-o {0} "
                             "-m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT`",
                             interfaces.front())};
}

Findings about_policy(const Examined& host, Family family) {
  const auto& facts = host.host.facts;
  bool forwards = family == Family::kIpv4 ? forwards_ipv4(facts) : forwards_ipv6(facts);
  if (!forwards || !host.are_rules_known) return {};
  auto rulesets = rulesets_of(host.host, family);
  bool is_dropped =
      std::ranges::any_of(rulesets, [](const Ruleset* rules) { return policy_of(*rules) == "DROP"; });
  const auto* docker = docker_of(host);
  if (!is_dropped)
    return family == Family::kIpv4 && docker != nullptr && docker_writes_iptables(host) ? Findings{accepts()}
                                                                                        : Findings{};
  std::vector<std::string> silent;
  auto severity = Severity::kNote;
  for (const auto& interface : facts.interfaces) {
    bool has_family = std::ranges::any_of(interface.addresses, [&](const Prefix& address) {
      bool is_only_of_link = address.ip.family() == Family::kIpv6 && address.ip.bytes()[0] == 0xfe;
      return address.ip.family() == family && !is_only_of_link;
    });
    bool is_named = std::ranges::any_of(
        rulesets, [&](const Ruleset* rules) { return is_named_in_filter(*rules, interface); });
    if (!has_family || is_named || !is_of_neighbours(interface, docker)) continue;
    silent.push_back(interface.name);
    if (interface.kind == "bridge") severity = Severity::kWarning;
  }
  return silent.empty() ? Findings{} : Findings{drops(family, silent, severity)};
}

Advice ignores_routers(const std::string& interface) {
  return {.id = "router-advertisements-ignored",
          .severity = Severity::kWarning,
          .message = fmt::format("{} forwards IPv6 and has accept_ra=1, with which the kernel ignores router "
                                 "advertisements",
                                 interface),
          .why =
              "a host that got its IPv6 address and default route by them loses both when forwarding is "
              "turned on, as Docker does for networks with IPv6",
          .instead = fmt::format(
              "set net.ipv6.conf.{}.accept_ra=2, or give the host a fixed address and route", interface)};
}

Findings about_advertisements(const Examined& host) {
  const auto& facts = host.host.facts;
  Findings out;
  if (!facts.settings) return out;
  for (const auto& [name, accepts] : host.limits.accept_ra) {
    auto interface = std::ranges::find(facts.interfaces, name, &Interface::name);
    if (accepts != 1 || interface == facts.interfaces.end() || !interface->is_up) continue;
    auto settings = facts.settings->interfaces.find(name);
    bool forwards = settings != facts.settings->interfaces.end() && settings->second.forwards_ipv6;
    bool is_way_out =
        external_interface(facts, Family::kIpv4) == name || external_interface(facts, Family::kIpv6) == name;
    if (forwards && is_way_out && is_outside(facts, name)) out.push_back(ignores_routers(name));
  }
  return out;
}

}  // namespace

Findings look_at_forwarding(const Examined& host) {
  Findings out;
  const auto& facts = host.host.facts;
  if (const auto* docker = docker_of(host)) {
    auto containers = bridged_containers(*docker);
    if (!containers.empty() && !forwards_ipv4(facts))
      out.push_back(off(engine_name(host), containers.size()));
    if (!forwards_ipv6(facts))
      for (const auto& network : docker->networks) {
        bool has_ipv6 = std::ranges::any_of(
            network.subnets, [](const Prefix& subnet) { return subnet.ip.family() == Family::kIpv6; });
        bool is_used = std::ranges::any_of(containers, [&](const Container* container) {
          return contains(container->addresses, network.name, &ContainerAddress::network);
        });
        if (has_ipv6 && is_used && !network.is_internal)
          out.push_back(ipv6_off(engine_name(host), network.name));
      }
  }
  for (auto family : kFamilies)
    for (auto& finding : about_policy(host, family)) out.push_back(std::move(finding));
  for (auto& finding : about_advertisements(host)) out.push_back(std::move(finding));
  return out;
}

}  // namespace pyfw
