#include "watch/docker_watch.h"

#include <fmt/format.h>

#include <stdexcept>

#include "base/strings.h"
#include "lab/probe.h"

namespace pyfw::netns {
namespace {

constexpr const char* kAddress = "192.168.122.190";
constexpr std::uint16_t kPort = 8000;

template <typename Value>
Value must(Result<Value> result) {
  if (!result) throw std::runtime_error(result.error().message);
  return std::move(*result);
}
void must(const Result<void>& result) {
  if (!result) throw std::runtime_error(result.error().message);
}

}  // namespace

lab::Host DockerWatchTest::add(const std::string& name, const std::string& address) {
  auto added = must(lab().add_host(name));
  must(network_->attach(added, address));
  return added;
}

void DockerWatchTest::start_docker(std::string_view daemon_json) {
  network_.emplace(must(lab::Network::make(lab(), "192.168.122.1/24")));
  must(network_->attach(host(), fmt::format("{}/24", kAddress)));
  host2_.emplace(add("host2", "192.168.122.193/24"));
  intruder_.emplace(add("intruder", "192.168.122.66/24"));
  auto docker = lab::Docker::start(lab(), host(), daemon_json);
  if (!docker) GTEST_SKIP() << docker.error().message;
  docker_.emplace(std::move(*docker));
  must(docker_->run_container("web", {"--restart", "always", "-p", fmt::format("{}:80", kPort)},
                              {"httpd", "-f", "-h", "/www"}));
  must(docker_->wait_until_it_serves("web", 80));
}

void DockerWatchTest::restart_docker() {
  must(docker_->restart());
  must(docker_->wait_until_it_serves("web", 80));
}

std::string DockerWatchTest::client(const std::vector<std::string>& arguments) const {
  return must(docker_->client(arguments));
}

std::string DockerWatchTest::address_of(const std::string& container) const {
  return must(docker_->address_of(container));
}

lab::Knocker DockerWatchTest::knock() const {
  return must(lab::Knocker::start(intruder_->network(), kAddress, kPort));
}

void DockerWatchTest::expect_host2_gets_in() const {
  std::vector<lab::Probe> asked = {
      {.from = "host2", .network = host2_->network(), .address = kAddress, .port = kPort}};
  EXPECT_EQ(must(lab::probe(asked)), std::vector{lab::Reach::kWorks}) << save();
}

DockerWatchTest::Foreign DockerWatchTest::foreign_rules() const {
  Foreign found;
  for (const std::string family : {"iptables", "ip6tables"}) {
    std::string table;
    auto saved = save(family);
    for (auto line : split(saved, '\n')) {
      if (line.starts_with('*')) table = line.substr(1);
      if (!line.starts_with("-A ") || line.find("--comment ours_") != std::string_view::npos) continue;
      auto end = line.find(' ', 3);
      found[fmt::format("{} {} {}", family, table, line.substr(3, end - 3))].emplace_back(
          line.substr(end + 1));
    }
  }
  return found;
}

}  // namespace pyfw::netns
