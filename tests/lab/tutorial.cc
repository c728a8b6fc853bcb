#include "lab/tutorial.h"

#include <fmt/format.h>

#include <map>

namespace pyfw::lab {

Result<Tutorial> Tutorial::build(Backend backend, std::string_view daemon_json) {
  TRY(auto lab, Lab::open());
  TRY(auto network, Network::make(lab, "192.168.122.1/24"));
  TRY(auto docker_host, lab.add_host("docker host", backend));
  TRY(auto host2, lab.add_host("host2"));
  TRY(auto intruder, lab.add_host("intruder"));
  TRY_VOID(network.attach(docker_host, "192.168.122.190/24"));
  TRY_VOID(network.attach(host2, "192.168.122.193/24"));
  TRY_VOID(network.attach(intruder, "192.168.122.66/24"));
  TRY(auto docker, Docker::start(lab, docker_host, daemon_json));
  TRY_VOID(
      docker.run_container("nginx", {"--restart", "always", "-p", "8000:80"}, {"httpd", "-f", "-h", "/www"}));
  TRY_VOID(docker.run_container("container2", {}, {"sleep", "1000000"}));
  TRY_VOID(docker.wait_until_it_serves("nginx", 80));
  return Tutorial{.lab = std::move(lab),
                  .network = std::move(network),
                  .docker_host = std::move(docker_host),
                  .host2 = std::move(host2),
                  .intruder = std::move(intruder),
                  .docker = std::move(docker)};
}

Result<void> Tutorial::restart_docker() {
  TRY_VOID(docker.restart());
  // Not with the daemon, as nginx: so the two get the same addresses each time.
  TRY_VOID(docker.client({"start", "container2"}));
  return docker.wait_until_it_serves("nginx", 80);
}

Result<std::vector<Tutorial::Answer>> Tutorial::who_reaches_nginx() const {
  TRY(auto nginx, docker.address_of("nginx"));
  TRY(auto container2, docker.network_of("container2"));
  constexpr auto kOutside = "192.168.122.190";
  const std::vector<Probe> probes = {
      {.from = "host2", .network = host2.network(), .address = kOutside, .port = 8000},
      {.from = "intruder", .network = intruder.network(), .address = kOutside, .port = 8000},
      {.from = "docker host", .network = docker_host.network(), .address = kOutside, .port = 8000},
      {.from = "docker host", .network = docker_host.network(), .address = "127.0.0.1", .port = 8000},
      {.from = "docker host", .network = docker_host.network(), .address = nginx, .port = 80},
      {.from = "container2", .network = container2.get(), .address = "172.17.0.1", .port = 8000},
      {.from = "container2", .network = container2.get(), .address = kOutside, .port = 8000},
  };
  TRY(auto reached, probe(probes));
  const std::map<std::string, Reach> goals = {
      {"host2", Reach::kWorks}, {"intruder", Reach::kRefused}, {"container2", Reach::kWorks}};
  std::vector<Answer> answers;
  for (std::size_t i = 0; i < probes.size(); ++i) {
    auto goal = goals.find(probes[i].from);
    answers.push_back({.from = probes[i].from,
                       .to = fmt::format("{}:{}", probes[i].address, probes[i].port),
                       .goal = goal == goals.end() ? std::nullopt : std::optional(goal->second),
                       .reached = reached[i]});
  }
  return answers;
}

}  // namespace pyfw::lab
