// `pyfw state` beside a real Docker says of its networks and containers what Docker itself says of them.

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "lab/docker.h"
#include "lab/host.h"
#include "lab/must.h"

namespace pyfw::lab {
namespace {

using Json = nlohmann::json;
using testing::Contains;
using testing::SizeIs;

class DockerFacts : public testing::Test {
 protected:
  void SetUp() override {
    auto lab = Lab::open();
    if (!lab) GTEST_SKIP() << lab.error().message;
    lab_.emplace(std::move(*lab));
    host_.emplace(must(lab_->add_host("host")));
    auto docker = Docker::start(*lab_, *host_);
    if (!docker) GTEST_SKIP() << docker.error().message;
    docker_.emplace(std::move(*docker));
    client({"network", "create", "front"});
    client({"network", "create", "--internal", "--subnet", "172.30.0.0/24", "back"});
    start("web", {"-p", "8000:80", "-p", "127.0.0.1:5353:53/udp"});
    start("app", {"--network", "front", "-p", "8001:80"});
    start("db", {"--network", "back"});
    start("sidecar", {"--network", "container:db"});
    start("hosted", {"--network", "host", "-p", "8002:80"});
    start("alone", {"--network", "none"});
    client({"run", "--name", "ended", kImage, "sleep", "0"});
  }

  std::string client(const std::vector<std::string>& arguments) { return must(docker_->client(arguments)); }
  void start(const std::string& name, std::vector<std::string> options) {
    options.insert(options.begin(), {"run", "-d", "--name", name});
    // The host has its own server on its port, since it shares it with a container.
    auto port = name == "hosted" ? "81" : name == "sidecar" ? "82" : "80";
    options.insert(options.end(), {kImage, "httpd", "-f", "-p", port});
    client(options);
  }
  std::string inspect(const std::string& name, const std::string& format) {
    return client({"inspect", "-f", format, name});
  }

  Json state(std::vector<std::string> options = {}) {
    options.insert(options.begin(), {PYFW_PROGRAM, "state", "--format", "json"});
    return Json::parse(must(host_->output(options))).at("pyfw_state");
  }
  static Json named(const Json& list, const std::string& name) {
    for (const auto& one : list)
      if (one.at("name") == name) return one;
    throw std::runtime_error("no " + name);
  }
  static std::vector<std::string> listeners_of(const Json& container) {
    std::vector<std::string> out;
    for (const auto& one : container.at("listeners"))
      out.push_back(fmt::format("{} {}", one.at("protocol").get<std::string>(), one.at("port").get<int>()));
    return out;
  }

  std::optional<Lab> lab_;
  std::optional<Host> host_;
  std::optional<Docker> docker_;
};

TEST_F(DockerFacts, AreWhatDockerSays) {
  auto facts = state().at("facts");
  auto docker = facts.at("docker");
  EXPECT_EQ(docker["version"], client({"version", "-f", "{{.Server.Version}}"}));

  for (const auto* name : {"bridge", "front", "back"}) {
    auto network = named(docker["networks"], name);
    EXPECT_EQ(network["id"], inspect(name, "{{.Id}}"));
    EXPECT_EQ(network["subnets"][0], inspect(name, "{{(index .IPAM.Config 0).Subnet}}"));
    auto bridge = named(facts["interfaces"], network["bridge"]);
    EXPECT_EQ(bridge["kind"], "bridge");
    // Of its first network Docker tells none before its next start.
    auto gateway = inspect(name, "{{(index .IPAM.Config 0).Gateway}}");
    if (gateway.empty()) {
      EXPECT_TRUE(network["gateways"].empty());
      continue;
    }
    // It is an interface of the host, and has the gateway's address.
    EXPECT_EQ(network["gateways"][0], gateway);
    EXPECT_THAT(bridge["addresses"].dump(),
                testing::HasSubstr(network["gateways"][0].get<std::string>() + "/"));
  }
  EXPECT_EQ(named(docker["networks"], "back")["internal"], true);
  EXPECT_EQ(named(docker["networks"], "host")["driver"], "host");
  EXPECT_EQ(named(docker["networks"], "none")["driver"], "null");

  for (const auto& [name, network] :
       {std::pair("web", "bridge"), std::pair("app", "front"), std::pair("db", "back")}) {
    auto container = named(docker["containers"], name);
    EXPECT_EQ(container["id"], inspect(name, "{{.Id}}"));
    EXPECT_EQ(std::to_string(container["pid"].get<int>()), inspect(name, "{{.State.Pid}}"));
    ASSERT_THAT(container["addresses"], SizeIs(1)) << name;
    auto address = container["addresses"][0];
    EXPECT_EQ(address["network"], network);
    EXPECT_EQ(address["ip"], inspect(name, "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}"));
    EXPECT_EQ(address["mac"], inspect(name, "{{range .NetworkSettings.Networks}}{{.MacAddress}}{{end}}"));
    // The veth is a port of the network's bridge.
    ASSERT_THAT(container["interfaces"], SizeIs(1)) << name;
    EXPECT_EQ(named(facts["interfaces"], container["interfaces"][0])["bridge"],
              named(docker["networks"], network)["bridge"]);
    EXPECT_THAT(listeners_of(container), Contains("tcp 80")) << name;
  }
}

TEST_F(DockerFacts, KnowEachModeOfTheNetwork) {
  auto facts = state().at("facts");
  auto containers = facts.at("docker").at("containers");
  EXPECT_EQ(named(containers, "web")["network_mode"], "bridge");
  EXPECT_EQ(named(containers, "app")["network_mode"], "front");
  EXPECT_EQ(named(containers, "hosted")["network_mode"], "host");
  EXPECT_EQ(named(containers, "alone")["network_mode"], "none");
  EXPECT_EQ(named(containers, "sidecar")["in_network_of"], "db");
  EXPECT_EQ(named(containers, "ended")["pid"], 0);
  // A port that is published on the host's own network leads nowhere.
  EXPECT_FALSE(named(containers, "hosted").contains("ports"));
  EXPECT_FALSE(named(containers, "alone").contains("addresses"));
  EXPECT_FALSE(named(containers, "alone").contains("interfaces"));
  EXPECT_THAT(listeners_of(named(containers, "sidecar")), testing::IsSupersetOf({"tcp 80", "tcp 82"}));
  // The container's server is one of the host's own, and so are the proxies.
  std::vector<std::string> programs;
  for (const auto& listener : facts.at("listeners"))
    programs.push_back(fmt::format("{} {} {}", listener.at("program").get<std::string>(),
                                   listener.at("protocol").get<std::string>(),
                                   listener.at("port").get<int>()));
  EXPECT_THAT(programs,
              testing::IsSupersetOf({"httpd tcp 81", "docker-proxy tcp 8000", "docker-proxy udp 5353"}));
}

TEST_F(DockerFacts, APublishedPortHasAProxyWhereDockerStartsOne) {
  auto with = state().at("facts").at("docker");
  EXPECT_EQ(with["userland_proxy"], true);
  auto ports = named(with["containers"], "web")["ports"];
  EXPECT_THAT(ports, Contains(Json({{"protocol", "udp"},
                                    {"host_ip", "127.0.0.1"},
                                    {"host_port", 5353},
                                    {"container_port", 53},
                                    {"proxy", true}})));
  for (const auto& port : ports) EXPECT_EQ(port["proxy"], true) << port;

  ASSERT_TRUE(host_->write_file("/etc/docker/daemon.json", "{\"userland-proxy\": false}\n"));
  ASSERT_TRUE(docker_->restart());
  client({"start", "web"});
  auto without = state().at("facts").at("docker");
  EXPECT_EQ(without["userland_proxy"], false);
  ports = named(without["containers"], "web")["ports"];
  for (const auto& port : ports) EXPECT_EQ(port["proxy"], false) << port;
}

TEST_F(DockerFacts, AreNotThoseOfAnotherNamespace) {
  auto pid = inspect("web", "{{.State.Pid}}");
  auto inside = state({"--netns", "pid:" + pid}).at("facts");
  EXPECT_FALSE(inside.contains("docker"));
  EXPECT_EQ(named(inside["interfaces"], "eth0")["kind"], "veth");
}

TEST_F(DockerFacts, WithoutTheSocketBridgesAndRoutesRemain) {
  auto facts = Json::parse(must(host_->output({PYFW_PROGRAM, "state", "--format", "json"},
                                              {.environment = {"DOCKER_HOST=unix:///run/none.sock"}})))
                   .at("pyfw_state")
                   .at("facts");
  EXPECT_FALSE(facts.contains("docker"));
  EXPECT_EQ(named(facts["interfaces"], "docker0")["kind"], "bridge");
  std::vector<std::string> to;
  for (const auto& route : facts["routes"])
    if (route["interface"] == "docker0") to.push_back(route["to"]);
  EXPECT_THAT(to, Contains("172.17.0.0/16"));
}

TEST_F(DockerFacts, TheDocumentTakesTheHostElsewhere) {
  auto yaml = must(host_->output({PYFW_PROGRAM, "state"}));
  ASSERT_TRUE(host_->write_file("/run/host.yaml", yaml));
  EXPECT_EQ(must(host_->output({PYFW_PROGRAM, "state", "--use-state", "/run/host.yaml"})), yaml);
  EXPECT_THAT(yaml, testing::HasSubstr("backend: nft"));
}

}  // namespace
}  // namespace pyfw::lab
