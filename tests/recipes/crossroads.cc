#include "recipes/crossroads.h"

#include <array>
#include <tuple>

namespace pyfw::recipes {
namespace {

using lab::Docker;
using lab::Host;
using lab::Lab;
using lab::Network;

// IPv6 with rules of Docker's own is an experiment in 20.10, and a matter of course since 27. That containers
// outlive the daemon saves most of a restart's time; its chains are made anew all the same.
constexpr auto kDaemon = R"({
  "ipv6": true, "fixed-cidr-v6": "2001:db8:d0c::/64", "experimental": true, "ip6tables": true,
  "live-restore": true
})";

Result<Network> make_outside(Lab& lab) {
  TRY(auto network, Network::make(lab, "203.0.113.1/24"));
  for (const auto* router : {"198.51.100.1/25", "198.51.100.129/25", "192.0.2.254/24", "2001:db8:1111::1/64",
                             "2001:db8:2222::1/64", "2001:db8:5::1/64", "2001:db8:6::1/64"})
    TRY_VOID(network.add_router(router));
  return network;
}

Result<Host> add_outside(Lab& lab, Network& network, const std::string& name,
                         const std::vector<std::string>& addresses) {
  TRY(auto host, lab.add_host(name));
  TRY_VOID(network.attach(host, addresses.front()));
  for (std::size_t i = 1; i < addresses.size(); ++i) TRY_VOID(network.add_address(host, addresses[i]));
  return host;
}

Result<Host> add_inside(Lab& lab, const Host& docker_host) {
  TRY(auto host, lab.add_host("inside"));
  TRY_VOID(lab::wire(docker_host, "eth1", host, "eth0"));
  TRY_VOID(docker_host.output({"/usr/sbin/ip", "address", "add", "10.0.7.1/24", "dev", "eth1"}));
  TRY_VOID(host.output({"/usr/sbin/ip", "address", "add", "10.0.7.5/24", "dev", "eth0"}));
  TRY_VOID(host.output({"/usr/sbin/ip", "route", "add", "default", "via", "10.0.7.1"}));
  return host;
}

Result<void> run_containers(const Docker& docker) {
  const std::vector<std::string> serve = {"httpd", "-f", "-h", "/www"};
  TRY_VOID(docker.run_container("web", {"--restart", "always", "-p", "80:80", "-p", "8000:80"}, serve));
  TRY_VOID(docker.client({"network", "create", "--subnet", "172.30.0.0/24", "-o",
                          "com.docker.network.bridge.name=br-old", "old"}));
  TRY_VOID(docker.run_container("old", {"--restart", "always", "--network", "old", "-p", "8001:80"}, serve));
  return {};
}

Result<std::map<std::string, Fd>> networks_of_containers(const Docker& docker) {
  std::map<std::string, Fd> out;
  for (const auto* name : {"web", "old"}) {
    TRY_VOID(docker.wait_until_it_serves(name, 80));
    TRY(out[name], docker.network_of(name));
  }
  return out;
}

Result<std::vector<lab::Started>> start_servers(const Host& docker_host,
                                                const std::map<std::string, Host>& others) {
  std::vector<lab::Started> out;
  for (auto port : std::to_array<std::uint16_t>({22, 53})) {
    TRY(auto server, lab::serve(docker_host, port));
    out.push_back(std::move(server));
  }
  for (const auto& [name, host] : others) {
    TRY(auto server, lab::serve(host));
    out.push_back(std::move(server));
  }
  return out;
}

}  // namespace

Result<Crossroads> Crossroads::build() {
  TRY(auto lab, Lab::open());
  TRY(auto outside, make_outside(lab));
  TRY(auto docker_host,
      add_outside(lab, outside, "docker host",
                  {"203.0.113.10/24", "198.51.100.2/25", "2001:db8:1111::2/64", "2001:db8:2222::2/64"}));
  std::map<std::string, Host> others;
  for (const auto& [name, ipv4, ipv6] : {std::tuple("a", "192.0.2.2/24", "2001:db8:5::2/64"),
                                         std::tuple("b", "192.0.2.3/24", "2001:db8:5::3/64"),
                                         std::tuple("c", "192.0.2.66/24", "2001:db8:5::66/64"),
                                         std::tuple("stranger", "198.51.100.200/25", "2001:db8:6::200/64")}) {
    TRY(auto host, add_outside(lab, outside, name, {ipv4, ipv6}));
    others.emplace(name, std::move(host));
  }
  TRY(auto inside, add_inside(lab, docker_host));
  TRY_VOID(outside.add_route("10.0.7.0/24", "203.0.113.10"));
  others.emplace("inside", std::move(inside));
  TRY(auto docker, Docker::start(lab, docker_host, kDaemon));
  TRY_VOID(run_containers(docker));
  TRY(auto containers, networks_of_containers(docker));
  TRY(auto servers, start_servers(docker_host, others));
  return Crossroads{.lab = std::move(lab),
                    .outside = std::move(outside),
                    .docker_host = std::move(docker_host),
                    .others = std::move(others),
                    .docker = std::move(docker),
                    .containers = std::move(containers),
                    .servers = std::move(servers)};
}

int Crossroads::network_of(const std::string& name) const {
  if (name == "docker host") return docker_host.network();
  auto container = containers.find(name);
  return container == containers.end() ? others.at(name).network() : container->second.get();
}

}  // namespace pyfw::recipes
