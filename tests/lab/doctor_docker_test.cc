// What `pyfw doctor` says beside a real Docker: what is set up badly appears, and goes when it is mended.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <optional>

#include "lab/docker.h"
#include "lab/host.h"
#include "lab/must.h"
#include "lab/network.h"

namespace pyfw::lab {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Not;

class DoctorBesideDocker : public testing::TestWithParam<Backend> {
 protected:
  // A Docker host with a neighbour's network at its eth0.
  void build(std::string_view daemon_json) {
    auto lab = Lab::open();
    if (!lab) GTEST_SKIP() << lab.error().message;
    lab_.emplace(std::move(*lab));
    host_.emplace(must(lab_->add_host("host", GetParam())));
    network_.emplace(must(Network::make(*lab_, "192.168.122.1/24")));
    must(network_->attach(*host_, "192.168.122.190/24"));
    sh("sysctl -qw net.ipv4.conf.all.rp_filter=2");
    auto docker = Docker::start(*lab_, *host_, daemon_json);
    if (!docker) GTEST_SKIP() << docker.error().message;
    docker_.emplace(std::move(*docker));
  }

  void sh(const std::string& script) const { must(host_->output({"/bin/sh", "-ec", script})); }
  void client(const std::vector<std::string>& arguments) const { must(docker_->client(arguments)); }
  void serve(const std::string& name, std::vector<std::string> options) const {
    must(docker_->run_container(name, options, {"httpd", "-f", "-p", "80"}));
    must(docker_->wait_until_it_serves(name, 80));
  }

  struct Said {
    std::vector<std::string> ids{};
    std::string summary{};
    std::string text{};
    int status = 0;
  };
  [[nodiscard]] Said doctor() const {
    auto run = must(host_->run({PYFW_PROGRAM, "doctor", "--format", "json"}));
    auto json = nlohmann::json::parse(run.out);
    Said out{.summary = json.at("summary"), .text = run.out, .status = run.status};
    for (const auto& finding : json.at("findings")) out.ids.push_back(finding.at("id"));
    return out;
  }

  std::optional<Lab> lab_;
  std::optional<Host> host_;
  std::optional<Network> network_;
  std::optional<Docker> docker_;
};

TEST_P(DoctorBesideDocker, TellsWhatComesAndGoes) {
  build("{}\n");
  if (IsSkipped()) return;
  auto said = doctor();
  EXPECT_THAT(said.summary, HasSubstr("0 containers, 0 published ports; iptables on "));
  EXPECT_THAT(said.ids, Not(Contains("not-looked-at"))) << said.text;
  EXPECT_EQ(said.status, 0) << said.text;

  serve("web", {"-p", "8000:80"});
  said = doctor();
  EXPECT_THAT(said.ids, Contains("port-open")) << said.text;
  EXPECT_THAT(said.text, HasSubstr("port 8000/tcp of container web (image busybox"));
  EXPECT_EQ(said.status, 3);

  // An address of IPv6 leads to docker-proxy.
  sh("ip -6 addr add 2001:db8::190/64 dev eth0 nodad; ip -6 route add default via 2001:db8::1");
  EXPECT_THAT(doctor().ids, Contains("port-open-by-proxy"));
  sh("ip6tables -I INPUT -p tcp --dport 8000 -j DROP");
  EXPECT_THAT(doctor().ids, Not(Contains("port-open-by-proxy")));

  sh("iptables -I DOCKER-USER -i eth0 -m conntrack --ctstate NEW -j DROP");
  EXPECT_THAT(doctor().ids, Not(Contains("port-open")));

  sh("sysctl -qw net.ipv4.ip_forward=0");
  EXPECT_THAT(doctor().ids, Contains("forwarding-off"));
  sh("sysctl -qw net.ipv4.ip_forward=1");
  EXPECT_THAT(doctor().ids, Not(Contains("forwarding-off")));

  EXPECT_THAT(doctor().ids, Not(Contains("docker-rules-gone")));
  sh("iptables -t nat -F; iptables -F FORWARD");
  EXPECT_THAT(doctor().ids, Contains("docker-rules-gone"));
  must(docker_->restart());
  EXPECT_THAT(doctor().ids, Not(Contains("docker-rules-gone")));

  client({"network", "create", "-d", "macvlan", "-o", "parent=eth0", "--subnet", "192.168.122.0/24", "lan"});
  EXPECT_THAT(doctor().ids, Contains("docker-network-past-the-rules"));
  client({"network", "rm", "lan"});
  EXPECT_THAT(doctor().ids, Not(Contains("docker-network-past-the-rules")));
}

TEST_P(DoctorBesideDocker, ReadsItsFile) {
  build(R"({"iptables": false, "userland-proxy": false, "live-restore": true})");
  if (IsSkipped()) return;
  auto said = doctor();
  EXPECT_THAT(said.ids, Contains("docker-iptables-off")) << said.text;
  EXPECT_THAT(said.ids, Contains("docker-live-restore"));
  EXPECT_THAT(said.ids, Not(Contains("docker-rules-gone")));
}

INSTANTIATE_TEST_SUITE_P(On, DoctorBesideDocker, testing::Values(Backend::kNft, Backend::kLegacy),
                         [](const testing::TestParamInfo<Backend>& info) {
                           return info.param == Backend::kNft ? "nft" : "legacy";
                         });

}  // namespace
}  // namespace pyfw::lab
