#include "host/docker.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

namespace pyfw {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::string recorded(const std::string& name) {
  std::ifstream file(PYFW_SOURCE_DIR "/tests/golden/docker/" + name);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

Docker docker_of(const std::string& version, const std::vector<std::string>& containers) {
  std::vector<std::string> answers;
  answers.reserve(containers.size());
  for (const auto& name : containers) answers.push_back(recorded(version + "/container-" + name + ".json"));
  auto docker = parse_docker(recorded(version + "/networks.json"), answers);
  if (!docker) throw std::runtime_error(docker.error().message);
  return *docker;
}

const Container& container(const Docker& docker, const char* name) {
  const auto* found = find_container(docker, name);
  if (found == nullptr) throw std::runtime_error(name);
  return *found;
}

TEST(DockerAnswers, TheDefaultBridgeAndItsContainer) {
  auto docker = docker_of("20.10", {"web"});
  const auto* network = find_network(docker, "bridge");
  ASSERT_NE(network, nullptr);
  EXPECT_EQ(network->driver, "bridge");
  EXPECT_EQ(network->bridge, "docker0");
  EXPECT_THAT(network->subnets, ElementsAre(*Prefix::parse("172.17.0.0/16")));
  EXPECT_THAT(network->gateways, ElementsAre(*Ip::parse("172.17.0.1")));
  EXPECT_TRUE(network->has_icc && network->masquerades && !network->is_internal);

  const auto& web = container(docker, "web");
  EXPECT_EQ(web.pid, 2203);
  EXPECT_EQ(web.network_mode, "bridge");
  ASSERT_EQ(web.addresses.size(), 1);
  EXPECT_EQ(web.addresses[0].network, "bridge");
  EXPECT_EQ(web.addresses[0].ip, *Ip::parse("172.17.0.2"));
  EXPECT_EQ(web.addresses[0].length, 16);
  EXPECT_EQ(web.addresses[0].gateway, *Ip::parse("172.17.0.1"));
  EXPECT_EQ(web.addresses[0].mac, (Mac{2, 0x42, 0xac, 0x11, 0, 2}));
  // Of both families of the host; what is only exposed leads nowhere.
  EXPECT_THAT(
      web.ports,
      ElementsAre(
          PublishedPort{
              .protocol = kTcp, .host_ip = Ip::parse("0.0.0.0"), .host_port = 8000, .container_port = 80},
          PublishedPort{
              .protocol = kTcp, .host_ip = Ip::parse("::"), .host_port = 8000, .container_port = 80}));
}

TEST(DockerAnswers, EachModeOfTheNetwork) {
  auto docker = docker_of("20.10", {"web", "db", "sidecar", "hosted", "alone"});
  EXPECT_EQ(container(docker, "db").network_mode, "backend");
  EXPECT_EQ(container(docker, "db").addresses.size(), 2);  // of two networks
  EXPECT_EQ(container(docker, "sidecar").in_network_of, "db");
  EXPECT_THAT(container(docker, "sidecar").addresses, IsEmpty());
  EXPECT_EQ(container(docker, "hosted").network_mode, "host");
  EXPECT_THAT(container(docker, "hosted").ports, IsEmpty());
  EXPECT_EQ(container(docker, "alone").network_mode, "none");
  EXPECT_TRUE(container(docker, "db").is_apart());
  EXPECT_TRUE(container(docker, "alone").is_apart());
  EXPECT_FALSE(container(docker, "sidecar").is_apart());
  EXPECT_FALSE(container(docker, "hosted").is_apart());
  EXPECT_EQ(find_network(docker, "backend")->bridge, "br-8d5f1c0a4b7e");
  EXPECT_TRUE(find_network(docker, "backend")->is_internal);
  EXPECT_FALSE(find_network(docker, "quiet")->has_icc);
  EXPECT_FALSE(find_network(docker, "quiet")->masquerades);
}

TEST(DockerAnswers, OfDocker28WithIpv6AndARoutedNetwork) {
  auto docker = docker_of("28", {"app", "stopped"});
  const auto* network = find_network(docker, "front");
  ASSERT_NE(network, nullptr);
  EXPECT_EQ(network->bridge, "front0");
  EXPECT_EQ(network->gateway_mode, "routed");
  EXPECT_THAT(network->subnets, ElementsAre(*Prefix::parse("172.20.0.0/16"), *Prefix::parse("fd00:20::/64")));
  EXPECT_EQ(find_network(docker, "lan")->driver, "macvlan");
  EXPECT_EQ(find_network(docker, "lan")->bridge, "");

  const auto& app = container(docker, "app");
  ASSERT_EQ(app.addresses.size(), 2);
  EXPECT_EQ(app.addresses[1].ip, *Ip::parse("fd00:20::2"));
  EXPECT_EQ(app.addresses[1].length, 64);
  EXPECT_EQ(app.addresses[1].gateway, *Ip::parse("fd00:20::1"));
  EXPECT_THAT(
      app.ports,
      ElementsAre(PublishedPort{
          .protocol = kUdp, .host_ip = Ip::parse("192.0.2.10"), .host_port = 5353, .container_port = 53}));
  EXPECT_EQ(container(docker, "stopped").pid, 0);
}

// Docker lists them as it likes, another way each time.
TEST(DockerAnswers, OfTwoNetworksWithOneNameTheSameIsMeantEachTime) {
  constexpr const char* kOne = R"({"Name": "shop", "Id": "aa", "Driver": "bridge"})";
  constexpr const char* kTwo = R"({"Name": "shop", "Id": "bb", "Driver": "bridge"})";
  for (auto [first, second] : {std::pair(kOne, kTwo), std::pair(kTwo, kOne)}) {
    auto docker = parse_docker(std::string("[") + first + "," + second + "]", {});
    ASSERT_TRUE(docker) << docker.error().message;
    EXPECT_EQ(find_network(*docker, "shop")->id, "aa");
  }
}

TEST(DockerAnswers, WhatDockerNeverSaysIsAnErrorAndNoMore) {
  for (const char* networks :
       {"", "<html>", "{}", "null", "[1]", "[{}]", R"([{"Name": 7}])", R"([{"Name": "a\nb"}])",
        R"([{"Name": "a", "IPAM": []}])", R"([{"Name": "a", "IPAM": {"Config": [{"Subnet": "x"}]}}])",
        R"([{"Name": "a", "Driver": "bridge", "Options": {"com.docker.network.bridge.name": []}}])"}) {
    auto docker = parse_docker(networks, {});
    ASSERT_FALSE(docker) << networks;
    EXPECT_THAT(docker.error().message, HasSubstr("Docker's answer about networks")) << networks;
  }
  for (
      const char* answer :
      {"[]", "{}", R"({"Name": "/"})", R"({"Name": "/a", "State": {"Running": 1}})",
       R"({"Name": "/a", "State": {"Running": true, "Pid": -5}})",
       R"({"Name": "/a", "NetworkSettings": {"Ports": {"80": [{"HostPort": "1"}]}}})",
       R"({"Name": "/a", "NetworkSettings": {"Ports": {"80/tcp": [{"HostPort": "65536"}]}}})",
       R"({"Name": "/a", "NetworkSettings": {"Ports": {"80/icmp": [{"HostPort": "1"}]}}})",
       R"({"Name": "/a", "NetworkSettings": {"Networks": {"b": {"IPAddress": "::1", "IPPrefixLen": 64}}}})",
       R"({"Name": "/a", "NetworkSettings": {"Networks": {"b": {"IPAddress": "10.0.0.1", "IPPrefixLen": 33}}}})"})
    EXPECT_FALSE(parse_docker("[]", {answer})) << answer;
}

TEST(DockerAnswers, AnIdBecomesPartOfAPathSoItIsLookedAt) {
  EXPECT_THAT(*parse_container_ids(R"([{"Id": "0af1"}, {"Id": "b2"}])"), ElementsAre("0af1", "b2"));
  EXPECT_FALSE(parse_container_ids(R"([{"Id": "../images"}])"));
  EXPECT_FALSE(parse_container_ids(R"([{"Id": ""}])"));
  EXPECT_FALSE(parse_container_ids(R"([{}])"));
}

TEST(DockerAnswers, TheVersion) {
  EXPECT_EQ(*parse_docker_version(R"({"Version": "28.0.1", "ApiVersion": "1.48"})"), "28.0.1");
  EXPECT_FALSE(parse_docker_version("[]"));
}

TEST(FindContainer, ByNameAndByAsMuchOfItsIdAsIsItsAlone) {
  Docker docker{.networks = {},
                .containers = {{.name = "a", .id = "0123456789"}, {.name = "b", .id = "0123999999"}}};
  EXPECT_EQ(find_container(docker, "b")->name, "b");
  EXPECT_EQ(find_container(docker, "0123456789")->name, "a");
  EXPECT_EQ(find_container(docker, "01239")->name, "b");
  EXPECT_EQ(find_container(docker, "0123"), nullptr);
  EXPECT_EQ(find_container(docker, "c"), nullptr);
  EXPECT_EQ(find_container(docker, ""), nullptr);
}

}  // namespace
}  // namespace pyfw
