#include "doctor/docker_daemon.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace pyfw {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

DockerDaemon parsed(const DockerTexts& texts) {
  auto daemon = parse_docker_daemon(texts);
  EXPECT_TRUE(daemon.has_value()) << (daemon ? "" : daemon.error().message);
  return daemon.value_or(DockerDaemon{});
}

TEST(DockersSettings, WithoutAnyAreThoseOfItsVersion) {
  auto old = parsed({.version = "20.10.24+dfsg1"});
  EXPECT_TRUE(old.iptables);
  EXPECT_TRUE(old.userland_proxy);
  EXPECT_FALSE(old.ip6tables);
  EXPECT_FALSE(old.is_kept_alive);
  EXPECT_EQ(old.firewall_backend, "iptables");
  EXPECT_TRUE(parsed({.version = "27.0.1"}).ip6tables);
}

TEST(DockersSettings, ComeFromTheFileAndTheCommandLine) {
  EXPECT_FALSE(parsed({.config = R"({"iptables": false})"}).iptables);
  EXPECT_FALSE(parsed({.command_line = {"dockerd", "--iptables=false"}}).iptables);
  EXPECT_TRUE(parsed({.command_line = {"dockerd", "--iptables"}}).iptables);
  EXPECT_FALSE(parsed({.config = R"({"ip6tables": false})", .version = "29.0.0"}).ip6tables);
  EXPECT_FALSE(parsed({.command_line = {"dockerd", "--userland-proxy=false"}}).userland_proxy);
  EXPECT_TRUE(parsed({.config = R"({"live-restore": true})"}).is_kept_alive);
  EXPECT_EQ(parsed({.command_line = {"dockerd", "--firewall-backend", "nftables"}}).firewall_backend,
            "nftables");
  EXPECT_EQ(parsed({.config = R"({"firewall-backend": "nftables"})"}).firewall_backend, "nftables");
}

TEST(DockersSettings, AreAlsoItsOwnWords) {
  auto daemon = parsed({.info = R"({"ServerVersion": "29.1.0", "LiveRestoreEnabled": true,
      "FirewallBackend": {"Driver": "nftables"}, "Swarm": {"LocalNodeState": "active"},
      "SecurityOptions": ["name=seccomp,profile=builtin", "name=rootless"]})"});
  EXPECT_EQ(daemon.version, "29.1.0");
  EXPECT_TRUE(daemon.is_kept_alive);
  EXPECT_TRUE(daemon.is_in_swarm);
  EXPECT_TRUE(daemon.is_rootless);
  EXPECT_EQ(daemon.firewall_backend, "nftables");
  auto usual = parsed({.info = R"({"FirewallBackend": {"Driver": "iptables+firewalld"},
      "Swarm": {"LocalNodeState": "inactive"}})"});
  EXPECT_EQ(usual.firewall_backend, "iptables");
  EXPECT_FALSE(usual.is_in_swarm);
}

TEST(DockersSettings, WithoutIptablesThereIsNoIp6tablesEither) {
  EXPECT_FALSE(parsed({.config = R"({"iptables": false, "ip6tables": true})"}).ip6tables);
}

TEST(DockersApi, IsFoundInEachSpelling) {
  auto addresses = [](const std::vector<std::string>& words) {
    std::vector<std::string> command_line = {"/usr/bin/dockerd"};
    command_line.insert(command_line.end(), words.begin(), words.end());
    std::vector<std::string> out;
    for (const auto& api : parsed({.command_line = command_line}).apis)
      out.push_back(api.address + (api.is_local ? " local" : ""));
    return out;
  };
  EXPECT_THAT(addresses({"-H", "fd://", "-H", "tcp://0.0.0.0:2375"}), ElementsAre("0.0.0.0:2375"));
  EXPECT_THAT(addresses({"-Htcp://192.0.2.1:2376"}), ElementsAre("192.0.2.1:2376"));
  EXPECT_THAT(addresses({"--host=tcp://[::]:2375"}), ElementsAre("[::]:2375"));
  EXPECT_THAT(addresses({"--host", "0.0.0.0"}), ElementsAre("0.0.0.0:2375"));
  EXPECT_THAT(addresses({"-H=tcp://:2375"}), ElementsAre("127.0.0.1:2375 local"));
  EXPECT_THAT(addresses({"-H", "tcp://localhost:2375/path"}), ElementsAre("localhost:2375 local"));
  EXPECT_THAT(addresses({"-H", "unix:///run/docker.sock", "-H", "npipe://x"}), IsEmpty());
  EXPECT_THAT(addresses({"-H"}), ElementsAre("127.0.0.1:2375 local"));
}

TEST(DockersApi, MayBeThatOfSystemdsSocket) {
  auto daemon = parsed({.config = R"({"hosts": ["tcp://192.0.2.1:2375"], "tlsverify": true})",
                        .socket_addresses = {"/run/docker.sock", "2375", "127.0.0.1:4243"}});
  EXPECT_THAT(daemon.apis, ElementsAre(DockerApi{.address = "192.0.2.1:2375", .is_local = false},
                                       DockerApi{.address = "[::]:2375", .is_local = false},
                                       DockerApi{.address = "127.0.0.1:4243", .is_local = true}));
  EXPECT_TRUE(daemon.asks_for_certificates);
}

TEST(DockersImages, AreKnownByTheContainersNames) {
  auto daemon = parsed({.containers = R"([{"Names": ["/web", "/other/alias"], "Image": "nginx:1.25"}, 7])"});
  EXPECT_THAT(daemon.images, ElementsAre(Pair("web", "nginx:1.25")));
}

TEST(DockersSettings, AFileThatIsNoJsonIsAnError) {
  EXPECT_FALSE(parse_docker_daemon({.config = "{\"iptables\": false"}).has_value());
  EXPECT_FALSE(parse_docker_daemon({.config = "[]"}).has_value());
  EXPECT_TRUE(parse_docker_daemon({.info = "<html>", .containers = "{}"}).has_value());
}

TEST(DockersSettings, TellWhichFileIsTheConfig) {
  EXPECT_EQ(docker_config_path({"dockerd"}), "/etc/docker/daemon.json");
  EXPECT_EQ(docker_config_path({"dockerd", "--config-file", "/a.json"}), "/a.json");
  EXPECT_EQ(docker_config_path({"dockerd", "--config-file=/b.json"}), "/b.json");
}

}  // namespace
}  // namespace pyfw
