#include <fmt/format.h>

#include <algorithm>

#include "base/contains.h"
#include "base/strings.h"
#include "doctor/chain_owners.h"
#include "doctor/checks.h"
#include "doctor/docker_host.h"
#include "doctor/interface_rules.h"

namespace pyfw {
namespace {

Advice frames_are_dropped(const std::string& bridge) {
  return {
      .id = "bridged-frames-dropped",
      .severity = Severity::kWarning,
      .message = fmt::format("what only passes through the bridge {} goes through FORWARD, whose policy is "
                             "DROP",
                             bridge),
      .why =
          "net.bridge.bridge-nf-call-iptables is 1, as Docker sets it, so machines in this bridge lose "
          "each other and the network behind it, unless a rule lets their frames pass",
      .instead = fmt::format("wish for `-i {0} -o {0} -j ACCEPT` in FORWARD (or DOCKER-USER)", bridge)};
}

Advice apart_in_vain(std::string_view engine, const std::string& network) {
  return {.id = "icc-off-in-vain",
          .severity = Severity::kWarning,
          .message = fmt::format("containers of {}'s network {} shall not reach each other (enable_icc is "
                                 "false), but they do",
                                 engine, network),
          .why = "net.bridge.bridge-nf-call-iptables is 0, so what stays within a bridge meets no rule",
          .instead =
              "`modprobe br_netfilter`, and net.bridge.bridge-nf-call-iptables=1 in a file of "
              "/etc/sysctl.d; or a network for each"};
}

Advice are_not_filtered() {
  return {.id = "bridge-nf-off",
          .severity = Severity::kNote,
          .message =
              "containers in one network reach each other whatever the rules say "
              "(net.bridge.bridge-nf-call-iptables is 0)",
          .why =
              "what stays within a bridge meets no rule then; a wish about packets between containers of "
              "one network has no effect",
          .instead = "nothing, if that is meant; else `modprobe br_netfilter`, and set it to 1"};
}

// Two that run in one network of Docker.
bool has_neighbours(const Docker& docker, const DockerNetwork& network) {
  return std::ranges::count_if(bridged_containers(docker), [&](const Container* container) {
           return contains(container->addresses, network.name, &ContainerAddress::network);
         }) > 1;
}

Findings without_filter(const Examined& host, const Docker& docker) {
  Findings out;
  bool has_some = false;
  for (const auto& network : docker.networks) {
    if (network.driver != "bridge" || !has_neighbours(docker, network)) continue;
    has_some = true;
    if (!network.has_icc) out.push_back(apart_in_vain(engine_name(host), network.name));
  }
  if (has_some && out.empty()) out.push_back(are_not_filtered());
  return out;
}

Findings with_filter(const Examined& host) {
  Findings out;
  const auto& facts = host.host.facts;
  auto rulesets = rulesets_of(host.host, Family::kIpv4);
  bool is_dropped = std::ranges::any_of(rulesets, [](const Ruleset* rules) {
    const auto* forward = find_chain(*rules, "filter", "FORWARD");
    return forward != nullptr && forward->policy == "DROP";
  });
  if (!is_dropped ||
      std::ranges::any_of(rulesets, [](const Ruleset* rules) { return knows_bridged_frames(*rules); }))
    return out;
  for (const auto& bridge : facts.interfaces) {
    if (bridge.kind != "bridge" || !bridge.is_up || is_bridge_of_docker(docker_of(host), bridge.name))
      continue;
    bool is_named = std::ranges::any_of(
        rulesets, [&](const Ruleset* rules) { return is_named_in_filter(*rules, bridge); });
    auto ports = std::ranges::count(facts.interfaces, bridge.name, &Interface::bridge);
    if (!is_named && ports > 1) out.push_back(frames_are_dropped(bridge.name));
  }
  return out;
}

}  // namespace

Findings look_at_bridges(const Examined& host) {
  const auto& settings = host.host.facts.settings;
  if (!settings) return {};
  if (settings->bridge_nf_call_iptables) return host.are_rules_known ? with_filter(host) : Findings{};
  const auto* docker = docker_of(host);
  return docker != nullptr ? without_filter(host, *docker) : Findings{};
}

}  // namespace pyfw
