#include "docker/docker_proxies.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

namespace pyfw {
namespace {

std::string command_line(std::string text) {
  for (auto& c : text)
    if (c == ' ') c = '\0';
  return text + '\0';
}

TEST(DockerProxyOf, ItsCommandLineSaysWhatItServes) {
  DockerProxy proxy{.protocol = kUdp,
                    .host_ip = *Ip::parse("0.0.0.0"),
                    .host_port = 5353,
                    .container_ip = *Ip::parse("172.17.0.2"),
                    .container_port = 53};
  EXPECT_EQ(
      parse_docker_proxy(command_line("/usr/sbin/docker-proxy -proto udp -host-ip 0.0.0.0 -host-port 5353"
                                      " -container-ip 172.17.0.2 -container-port 53")),
      proxy);
  // As Docker 28 starts it.
  EXPECT_EQ(
      parse_docker_proxy(command_line("/usr/bin/docker-proxy -proto udp -host-ip 0.0.0.0 -host-port 5353"
                                      " -container-ip 172.17.0.2 -container-port 53 -use-listen-fd")),
      proxy);
}

TEST(DockerProxyOf, OtherProcessesAreNone) {
  for (const char* text :
       {"", "docker-proxy",
        "/usr/sbin/docker-proxy -proto tcp -host-ip 0.0.0.0 -host-port 80 -container-ip 172.17.0.2",
        "vi docker-proxy -proto tcp -host-ip 0.0.0.0 -host-port 80 -container-ip 172.17.0.2 -container-port "
        "80",
        "docker-proxy -proto icmp -host-ip 0.0.0.0 -host-port 80 -container-ip 172.17.0.2 -container-port 80",
        "docker-proxy -proto tcp -host-ip 0.0.0.0 -host-port 65536 -container-ip 172.17.0.2 -container-port "
        "80"})
    EXPECT_FALSE(parse_docker_proxy(command_line(text))) << text;
}

Docker with_ports() {
  Docker docker;
  docker.containers = {{.name = "web",
                        .addresses = {{.network = "bridge", .ip = *Ip::parse("172.17.0.2")}},
                        .ports = {{.host_ip = Ip::parse("0.0.0.0"), .host_port = 8000, .container_port = 80},
                                  {.host_ip = Ip::parse("::"), .host_port = 8000, .container_port = 80},
                                  {.host_port = 8001, .container_port = 81}}}};
  return docker;
}

DockerProxy proxy(const char* host_ip, std::uint16_t host_port, const char* container_ip,
                  std::uint16_t container_port) {
  return {.host_ip = *Ip::parse(host_ip),
          .host_port = host_port,
          .container_ip = *Ip::parse(container_ip),
          .container_port = container_port};
}

// As of a process that ends while it is looked at.
TEST(ReadDockerProxies, WhatCannotBeReadIsNone) {
  std::string proc = "/tmp/pyfw-proc-XXXXXX";
  ASSERT_NE(mkdtemp(proc.data()), nullptr);
  std::filesystem::create_directories(proc + "/7/cmdline");
  EXPECT_TRUE(read_docker_proxies(proc).empty());
  std::filesystem::remove_all(proc);
}

TEST(NoteProxies, APortHasTheProxyOfItsAddress) {
  auto docker = with_ports();
  note_proxies({proxy("0.0.0.0", 8000, "172.17.0.2", 80), proxy("0.0.0.0", 8001, "172.17.0.2", 81)}, docker);
  const auto& ports = docker.containers[0].ports;
  EXPECT_TRUE(ports[0].has_proxy);
  EXPECT_FALSE(ports[1].has_proxy);  // of IPv6
  EXPECT_TRUE(ports[2].has_proxy);
  EXPECT_TRUE(docker.userland_proxy);
}

TEST(NoteProxies, AProxyOfAnotherContainerOrPortIsNotIts) {
  auto docker = with_ports();
  note_proxies({proxy("0.0.0.0", 8000, "172.17.0.3", 80), proxy("0.0.0.0", 8000, "172.17.0.2", 81),
                proxy("127.0.0.1", 8000, "172.17.0.2", 80), proxy("0.0.0.0", 8002, "172.17.0.2", 80)},
               docker);
  for (const auto& port : docker.containers[0].ports) EXPECT_FALSE(port.has_proxy);
  EXPECT_FALSE(docker.userland_proxy);
}

TEST(NoteProxies, WhereNoPortIsPublishedNothingIsTold) {
  Docker docker{.userland_proxy = true};
  note_proxies({}, docker);
  EXPECT_TRUE(docker.userland_proxy);
}

}  // namespace
}  // namespace pyfw
