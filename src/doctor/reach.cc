#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <tuple>

#include "ask/flows.h"
#include "ask/services.h"
#include "ask/verdict_words.h"
#include "ask/who.h"
#include "base/contains.h"
#include "base/strings.h"
#include "doctor/checks.h"
#include "doctor/docker_host.h"
#include "host/dockers_chains.h"
#include "net/address_kinds.h"
#include "net/protocol.h"

namespace pyfw {
namespace {

constexpr std::uint16_t kSsh = 22;
// Where nobody knows on which ports a container listens, one that hardly anybody publishes.
constexpr std::uint16_t kDiscard = 9;

// Ports of one owner that anyone reaches in the same way.
struct Opening {
  std::string owner;  // a container, or a program of the host
  bool is_container = false;
  Family family = Family::kIpv4;
  std::vector<std::string> interfaces{};
  bool is_by_proxy = false;
  bool is_by_own_rule = false;  // somebody wrote a rule that lets it in

  auto operator<=>(const Opening&) const = default;
};
using Ports = std::set<std::pair<std::uint8_t, std::uint16_t>>;
struct Opened {
  Ports ports{};
  std::string line{};  // why the first of them is, in words
};

// "80/tcp, 8000-8099/tcp, 53/udp"
std::string ports_text(const Ports& ports) {
  std::vector<std::string> parts;
  for (auto at = ports.begin(); at != ports.end();) {
    auto first = *at;
    auto last = first;
    for (++at; at != ports.end() && at->first == last.first && at->second == last.second + 1; ++at)
      last = *at;
    auto name = name_of_protocol(first.first);
    parts.push_back(first == last ? fmt::format("{}/{}", first.second, name)
                                  : fmt::format("{}-{}/{}", first.second, last.second, name));
  }
  return join(parts, ", ");
}

bool publishes(const Container& container, const Service& service) {
  return std::ranges::any_of(container.ports, [&](const PublishedPort& port) {
    if (port.protocol != service.protocol || port.host_port != service.port) return false;
    return !port.host_ip || is_any(*port.host_ip) || contains(service.destinations, *port.host_ip);
  });
}

const Container* publisher_of(const Service& service, const Docker* docker) {
  if (docker == nullptr) return nullptr;
  auto found = std::ranges::find_if(docker->containers, [&](const Container& container) {
    return is_running(container) && publishes(container, service);
  });
  return found == docker->containers.end() ? nullptr : &*found;
}

std::optional<std::pair<Opening, std::string>> opening_of(const Reached& reached, const Scene& scene) {
  const auto& facts = scene.traced.facts();
  const Reaching* example = nullptr;
  Opening out;
  out.family = reached.service.destinations.front().family();
  for (const auto& reaching : reached.by) {
    if (!reaching.from.is_anywhere || !is_outside(facts, reaching.interface)) continue;
    if (example == nullptr) example = &reaching;
    if (!contains(out.interfaces, reaching.interface)) out.interfaces.push_back(reaching.interface);
  }
  if (example == nullptr) return {};
  auto trace = trace_flow(scene.traced, example->callers.example);
  out.is_by_proxy = trace.verdict.receiver == Receiver::kDockerProxy;
  if (trace.verdict.decider == Decider::kRule && trace.verdict.rule) {
    const auto& chain = scene.traced.chain(trace.verdict.rule->chain);
    out.is_by_own_rule = !is_dockers_own({.family = chain.family, .table = chain.table, .chain = chain.name});
  }
  return std::pair(std::move(out), verdict_line(trace, scene.traced));
}

std::string image_words(const Examined& host, const std::string& container) {
  if (!host.daemon) return {};
  auto image = host.daemon->images.find(container);
  return image == host.daemon->images.end() ? "" : fmt::format(" (image {})", image->second);
}

std::string over(const Opening& opening) { return opening.family == Family::kIpv6 ? " over IPv6" : ""; }

Advice published(const Opening& opening, const Opened& opened, const Examined& host) {
  const auto& [ports, line] = opened;
  auto message =
      fmt::format("anyone by {} reaches port {} of container {}{}{}", join(opening.interfaces, ", "),
                  ports_text(ports), opening.owner, image_words(host, opening.owner), over(opening));
  if (opening.is_by_own_rule && !opening.is_by_proxy)
    return {.id = "port-opened",
            .severity = Severity::kNote,
            .message = message,
            .why = line + ", a rule that somebody wrote",
            .instead = "nothing, if that is meant"};
  auto [protocol, port] = *ports.begin();
  if (opening.is_by_proxy)
    return {
        .id = "port-open-by-proxy",
        .severity = opening.is_by_own_rule ? Severity::kNote : Severity::kWarning,
        .message = message + ", through docker-proxy",
        .why = line +
               "; docker-proxy is a program of the host, so INPUT decides about it, and no rule "
               "in DOCKER-USER or FORWARD",
        .instead = fmt::format("publish it on an address of IPv4 (`-p 0.0.0.0:{0}:…`), or drop it in mangle "
                               "PREROUTING, which sees what goes to a container and to docker-proxy",
                               port)};
  return {.id = "port-open",
          .severity = Severity::kWarning,
          .message = message,
          .why = fmt::format("{}: {} lets in what is published, and no rule of INPUT is asked", line,
                             engine_name(host)),
          .instead =
              fmt::format("publish it on an address (`-p 127.0.0.1:{0}:…`), or wish for a rule in {3} that "
                          "says who may: `-i {1} ! -s YOUR_NETWORK -p {2} -m conntrack --ctorigdstport {0} "
                          "--ctdir ORIGINAL -j DROP`",
                          port, opening.interfaces.front(), name_of_protocol(protocol),
                          runs_podman(host) ? "FORWARD, above Podman's," : "DOCKER-USER")};
}

bool is_ssh(const Opening& opening, const Ports& ports) {
  return opening.owner.starts_with("sshd") || opening.owner == "dropbear" || ports.contains({kTcp, kSsh});
}

Advice offered(const Opening& opening, const Opened& opened) {
  const auto& [ports, line] = opened;
  bool is_of_ssh = is_ssh(opening, ports);
  return {.id = is_of_ssh ? "ssh-open" : "service-open",
          .severity = Severity::kNote,
          .message = fmt::format(
              "anyone by {} reaches {} of this host at port {}{}", join(opening.interfaces, ", "),
              opening.owner.empty() ? "a program" : opening.owner, ports_text(ports), over(opening)),
          .why = line,
          .instead =
              is_of_ssh ? "nothing, if that is meant and passwords are off; else wish for a rule in INPUT "
                          "that says who may"
                        : "nothing, if that is meant; else let it listen on 127.0.0.1, or wish for a rule in "
                          "INPUT"};
}

Findings openings(const Scene& scene, const Examined& host) {
  auto services = services_of(scene);
  if (!services) return {};
  // Docker's proxies stand for the ports that they serve.
  std::erase_if(*services, [](const Service& service) { return service.what == "docker-proxy"; });
  auto reached = who_reaches(*services, scene);
  if (!reached) return {};
  std::map<Opening, Opened> found;
  for (const auto& one : *reached) {
    auto open = opening_of(one, scene);
    if (!open) continue;
    auto& [opening, line] = *open;
    const auto* container = publisher_of(one.service, docker_of(host));
    opening.is_container = container != nullptr;
    opening.owner = container != nullptr ? container->name : one.service.what;
    auto& opened = found[opening];
    if (opened.ports.empty()) opened.line = line;
    opened.ports.emplace(one.service.protocol, one.service.port);
  }
  Findings out;
  for (const auto& [opening, opened] : found)
    out.push_back(opening.is_container ? published(opening, opened, host) : offered(opening, opened));
  return out;
}

// A port of the container that it does not publish; none where it listens on no other.
std::optional<std::uint16_t> unpublished_port(const Container& container) {
  auto is_published = [&](std::uint16_t port) {
    return contains(container.ports, port, &PublishedPort::container_port);
  };
  if (!container.listeners) return is_published(kDiscard) ? std::nullopt : std::optional(kDiscard);
  for (const auto& listening : *container.listeners)
    if (listening.protocol == kTcp && !is_loopback(listening.address) && !is_published(listening.port))
      return listening.port;
  return {};
}

std::string subnets_of(const DockerNetwork& network, Family family) {
  std::vector<std::string> out;
  for (const auto& subnet : network.subnets)
    if (subnet.ip.family() == family) out.push_back(subnet.to_string());
  return join(out, ",");
}

Advice open_to_neighbours(const Examined& host, const DockerNetwork& network, const Container& container,
                          std::uint16_t port, const Reaching& reaching, const std::string& line) {
  auto family = reaching.callers.example.packet.destination.family();
  return {
      .id = "containers-open-to-neighbours",
      .severity = Severity::kWarning,
      .message = fmt::format("who sends packets for {}'s network {} by {} reaches also ports that are not "
                             "published, as {} of {}",
                             engine_name(host), network.name, reaching.interface, port, container.name),
      .why = line + "; a neighbour only has to name this host as the way there",
      .instead = runs_podman(host)
                     ? fmt::format("wish for a rule in FORWARD, above Podman's, that drops what it did "
                                   "not translate: `-i {} -d {} -m conntrack ! --ctstate "
                                   "RELATED,ESTABLISHED,DNAT -j DROP`",
                                   reaching.interface, subnets_of(network, family))
                     : "wish for `default_action: DROP` in FORWARD; or use Docker 28 and later, which "
                       "drops such packets"};
}

// One of each network is enough to see it.
Findings neighbours(const Scene& scene, const Examined& host, const Docker& docker) {
  Findings out;
  std::set<std::string> seen;
  for (const auto* container : bridged_containers(docker)) {
    auto port = unpublished_port(*container);
    if (!port) continue;
    for (const auto& address : container->addresses) {
      const auto* network = find_network(docker, address.network);
      if (network == nullptr || network->driver != "bridge" || seen.contains(network->name)) continue;
      seen.insert(network->name);
      auto reached =
          who_reaches({Service{.protocol = kTcp, .port = *port, .destinations = {address.ip}}}, scene);
      if (!reached || reached->empty()) continue;
      for (const auto& reaching : reached->front().by) {
        if (!reaching.from.is_anywhere || !is_outside(scene.traced.facts(), reaching.interface)) continue;
        auto trace = trace_flow(scene.traced, reaching.callers.example);
        out.push_back(open_to_neighbours(host, *network, *container, *port, reaching,
                                         verdict_line(trace, scene.traced)));
        break;
      }
    }
  }
  return out;
}

// Else what stands in the way may be in tables of nftables or in another namespace.
bool are_its_rules_seen(const Examined& host) {
  return !host.daemon || (host.daemon->firewall_backend == "iptables" && !host.daemon->is_rootless);
}

}  // namespace

Findings look_at_reach(const Examined& host) {
  if (!host.are_rules_known || host.host.facts.interfaces.empty()) return {};
  Scene scene(host.host);
  auto out = openings(scene, host);
  if (const auto* docker = docker_of(host); docker != nullptr && are_its_rules_seen(host))
    for (auto& finding : neighbours(scene, host, *docker)) out.push_back(std::move(finding));
  return out;
}

}  // namespace pyfw
