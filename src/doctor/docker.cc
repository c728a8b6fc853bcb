#include <fmt/format.h>

#include <algorithm>

#include "base/contains.h"
#include "base/strings.h"
#include "doctor/chain_owners.h"
#include "doctor/checks.h"
#include "doctor/docker_host.h"

namespace pyfw {
namespace {

constexpr DockerVersion kFirstWithDockerUser{.year = 17, .month = 6};

Advice too_old(const std::string& version) {
  return {
      .id = "docker-without-docker-user",
      .severity = Severity::kWarning,
      .message = fmt::format("Docker {} has no chain DOCKER-USER", version),
      .why = "it came with Docker 17.06; before, no place in FORWARD is left alone by Docker when it starts",
      .instead = "use a newer Docker"};
}

Advice writes_no_iptables(const DockerDaemon& daemon) {
  bool has_proxy = daemon.userland_proxy;
  return {.id = "docker-iptables-off",
          .severity = Severity::kWarning,
          .message = has_proxy ? "Docker is told to leave iptables alone (\"iptables\": false)"
                               : "Docker is told to leave iptables alone (\"iptables\": false), and to run "
                                 "without docker-proxy (\"userland-proxy\": false)",
          .why = fmt::format(
              "{}; containers do not get out unless the owner's rules masquerade them, and "
              "networks are not kept apart",
              has_proxy ? "published ports are then served by docker-proxy alone, which hides who asks"
                        : "nothing then serves published ports, unless the owner's rules translate "
                          "them"),
          .instead =
              "leave \"iptables\" out of /etc/docker/daemon.json and `systemctl restart docker`; what "
              "shall be closed goes to DOCKER-USER"};
}

bool has_ipv6(const Docker& docker) {
  return std::ranges::any_of(docker.networks, [](const DockerNetwork& network) {
    return std::ranges::any_of(network.subnets,
                               [](const Prefix& subnet) { return subnet.ip.family() == Family::kIpv6; });
  });
}

Advice writes_no_ip6tables(const DockerDaemon& daemon) {
  return {.id = "docker-ip6tables-off",
          .severity = Severity::kWarning,
          .message = "Docker has networks with IPv6, but writes no rules of ip6tables",
          .why = fmt::format("its containers are then reached over IPv6 on every port, as far as FORWARD's "
                             "policy lets them{}",
                             daemon.userland_proxy ? ", and published ports come by docker-proxy" : ""),
          .instead =
              "set \"ip6tables\": true in /etc/docker/daemon.json (before Docker 27 \"experimental\": "
              "true as well), and `systemctl restart docker`"};
}

Advice is_on_nftables() {
  return {.id = "docker-on-nftables",
          .severity = Severity::kWarning,
          .message = "Docker writes rules of nftables itself, not of iptables",
          .why =
              "there is no DOCKER-USER then; a DROP of iptables still stops a packet, but an ACCEPT does "
              "not open what Docker's own tables close, and pyfw does not look into those",
          .instead =
              "for rules of iptables set \"firewall-backend\": \"iptables\" in /etc/docker/daemon.json; "
              "else drop in mangle PREROUTING, or in a table of nftables"};
}

Advice has_no_proxy() {
  return {.id = "docker-proxy-off",
          .severity = Severity::kNote,
          .message = "Docker runs without docker-proxy (\"userland-proxy\": false)",
          .why =
              "published ports are then reached by rules alone: at 127.0.0.1 only since Docker sets "
              "route_localnet on its bridges, and over IPv6 only where Docker writes ip6tables",
          .instead = "nothing, if that is meant"};
}

Advice is_kept_alive() {
  return {.id = "docker-live-restore",
          .severity = Severity::kNote,
          .message = "containers go on while Docker's daemon is stopped (\"live-restore\": true)",
          .why = "if rules are flushed meanwhile, nobody puts Docker's back until the daemon starts",
          .instead = "nothing, if that is meant"};
}

Advice is_rootless() {
  return {.id = "docker-rootless",
          .severity = Severity::kNote,
          .message = "this Docker runs without root",
          .why =
              "its rules are in a namespace of its own; published ports are served by a program of its "
              "user, so INPUT decides who reaches them, not FORWARD or DOCKER-USER",
          .instead = "wish for rules in INPUT"};
}

Advice is_podman() {
  return {.id = "docker-is-podman",
          .severity = Severity::kNote,
          .message = "it is Podman that answers at Docker's socket",
          .why =
              "its containers are told of as Docker's, but it has no chain DOCKER-USER: what it accepts in "
              "FORWARD is in chains of netavark's",
          .instead = "put what shall be closed into FORWARD, above its jump to NETAVARK_FORWARD"};
}

Advice is_silent() {
  return {.id = "docker-silent",
          .severity = Severity::kNote,
          .message = "docker.service starts at boot, but no Docker answers here now",
          .why = "nothing can be said of its containers, their ports and its settings",
          .instead = "`systemctl status docker` says why, then ask again"};
}

Advice rules_are_gone(const std::string& what) {
  return {.id = "docker-rules-gone",
          .severity = Severity::kError,
          .message = fmt::format("Docker's rules are not all there: {}", what),
          .why =
              "somebody has flushed them; containers are not reached at their published ports, or do not "
              "get out, until Docker writes them again",
          .instead = "`systemctl restart docker`, and keep whatever flushes rules from it"};
}

}  // namespace

Findings look_at_docker(const Examined& host) {
  Findings out;
  const auto* docker = docker_of(host);
  if (docker == nullptr && host.units.starts_at_boot("docker.service")) out.push_back(is_silent());
  if (docker == nullptr || !host.daemon) return out;
  const auto& daemon = *host.daemon;
  if (daemon.is_podman) return {is_podman()};
  auto release = parse_docker_release(daemon.version);
  if (release != DockerVersion{} && release < kFirstWithDockerUser) out.push_back(too_old(daemon.version));
  bool is_nftables = daemon.firewall_backend == "nftables";
  if (daemon.is_rootless) {
    out.push_back(is_rootless());
  } else if (!daemon.iptables) {
    out.push_back(writes_no_iptables(daemon));
  } else if (is_nftables) {
    out.push_back(is_on_nftables());
  }
  if (!daemon.is_rootless && !is_nftables && !daemon.ip6tables && has_ipv6(*docker))
    out.push_back(writes_no_ip6tables(daemon));
  bool has_rules_for_ports = daemon.is_rootless || daemon.iptables;
  if (!daemon.userland_proxy && has_rules_for_ports) out.push_back(has_no_proxy());
  if (daemon.is_kept_alive) out.push_back(is_kept_alive());
  return out;
}

Findings look_at_docker_rules(const Examined& host) {
  const auto* docker = docker_of(host);
  if (!docker_writes_iptables(host) || !host.are_rules_known) return {};
  bool has_bridge = std::ranges::any_of(
      docker->networks, [](const DockerNetwork& network) { return network.driver == "bridge"; });
  if (!has_bridge) return {};
  auto any = [&](std::string_view table, std::string_view chain) {
    return std::ranges::any_of(rulesets_of(host.host, Family::kIpv4), [&](const Ruleset* rules) {
      return leads_to(*rules, table, chain, "DOCKER");
    });
  };
  if (!any("filter", "FORWARD"))
    return {rules_are_gone("no rule of filter FORWARD leads to a chain of Docker's")};
  if (!any("nat", "PREROUTING")) return {rules_are_gone("no rule of nat PREROUTING leads to DOCKER")};
  auto is_published = [](const Container* container) { return !container->ports.empty(); };
  auto containers = bridged_containers(*docker);
  auto has_dnat = std::ranges::any_of(rulesets_of(host.host, Family::kIpv4), [&](const Ruleset* rules) {
    return leads_to(*rules, "nat", "DOCKER", "DNAT");
  });
  if (std::ranges::any_of(containers, is_published) && !has_dnat)
    return {rules_are_gone("ports are published, but nat DOCKER translates none")};
  return {};
}

}  // namespace pyfw
