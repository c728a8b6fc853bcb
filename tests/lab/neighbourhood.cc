#include "lab/neighbourhood.h"

#include <fmt/format.h>

namespace pyfw::lab {
namespace {

// Its log says who asked for what.
Result<void> serve(const Docker& docker, const std::string& name, const std::vector<std::string>& options,
                   std::uint16_t port) {
  TRY_VOID(docker.run_container(name, options,
                                {"sh", "-c", fmt::format("exec httpd -f -vv -h /www -p {} 2>&1", port)}));
  return docker.wait_until_it_serves(name, port);
}

Result<void> add_network(const Docker& docker, const std::string& name, const std::string& subnet) {
  TRY_VOID(docker.client(
      {"network", "create", "--subnet", subnet, "-o", "com.docker.network.bridge.name=br-" + name, name}));
  return {};
}

Result<void> add_containers(const Docker& docker) {
  TRY_VOID(add_network(docker, "front", "172.30.1.0/24"));
  TRY_VOID(add_network(docker, "back", "172.30.2.0/24"));
  TRY_VOID(serve(docker, "app", {"--network", "front", "-p", "8001:80"}, 80));
  TRY_VOID(serve(docker, "db", {"--network", "back"}, 80));
  TRY_VOID(serve(docker, "hosted", {"--network", "host"}, 81));
  TRY_VOID(docker.run_container("both", {"--network", "front"}, {"sleep", "1000000"}));
  TRY_VOID(docker.client({"network", "connect", "back", "both"}));
  return {};
}

}  // namespace

Result<Neighbourhood> Neighbourhood::build(std::string_view daemon_json) {
  TRY(auto tutorial, Tutorial::build(Backend::kNft, daemon_json));
  Neighbourhood all{.tutorial = std::move(tutorial)};
  TRY_VOID(add_containers(all.tutorial.docker));
  for (const auto* host : {&all.tutorial.host2, &all.tutorial.intruder}) {
    TRY(auto server, serve(*host));
    all.servers.push_back(std::move(server));
  }
  TRY(all.rules, all.tutorial.docker_host.output({"/usr/sbin/iptables-save"}));
  return all;
}

Result<void> Neighbourhood::forget_wishes() const {
  const auto& host = tutorial.docker_host;
  TRY_VOID(host.output({"/usr/sbin/iptables-restore"}, {.input = rules}));
  TRY_VOID(host.output({"/usr/sbin/ipset", "destroy"}));
  return {};
}

}  // namespace pyfw::lab
