// From `pyfw boot` on an empty host to Docker's first container: who may not connect never can.

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <stdexcept>

#include "base/strings.h"
#include "lab/docker.h"
#include "lab/host.h"
#include "lab/knocker.h"
#include "lab/network.h"
#include "lab/probe.h"

namespace pyfw::lab {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kWishes = R"(
pyfw_wishes:
  iptables:
    filter:
      DOCKER-USER:
        rules:
        - established: -m conntrack --ctstate ESTABLISHED,RELATED -j RETURN
        - only_host2: -i ${external_interface} ! -s 192.168.122.193 -j DROP
  ip6tables:
    # Docker 20.10 lets nothing come by DOCKER-USER here.
    mangle:
      PREROUTING:
        rules:
        - only_host2: -i eth0 ! -s fd00:122::193 -p tcp --dport 8000 -j DROP
)";
constexpr const char* kDaemon =
    R"({"ipv6": true, "fixed-cidr-v6": "fd00:d0c::/64", "experimental": true, "ip6tables": true})";
constexpr std::uint16_t kPort = 8000;
constexpr const char* kAddresses[] = {"192.168.122.190", "fd00:122::190"};

template <typename Value>
Value checked(Result<Value> result) {
  if (!result) throw std::runtime_error(result.error().message);
  return std::move(*result);
}
void checked(const Result<void>& result) {
  if (!result) throw std::runtime_error(result.error().message);
}

class BootWithDocker : public testing::TestWithParam<Backend> {
 protected:
  void SetUp() override {
    auto lab = Lab::open();
    if (!lab) GTEST_SKIP() << lab.error().message;
    lab_.emplace(std::move(*lab));
    network_.emplace(checked(Network::make(*lab_, "192.168.122.1/24")));
    docker_host_.emplace(add("docker host", "190", GetParam()));
    host2_.emplace(add("host2", "193", Backend::kNft));
    intruder_.emplace(add("intruder", "66", Backend::kNft));
    checked(docker_host_->write_file("/etc/pyfw/wishes.yaml", kWishes));
    sh(PYFW_PROGRAM " apply 2>/dev/null");
    // As after a reboot: nothing but the record.
    sh("for family in iptables ip6tables; do for table in filter mangle; do $family -t $table -F; $family -t "
       "$table "
       "-X; done; done; nft flush ruleset; ip route del default");
  }

  Host add(const std::string& name, const std::string& number, Backend backend) {
    auto host = checked(lab_->add_host(name, backend));
    checked(network_->attach(host, "192.168.122." + number + "/24"));
    checked(
        host.output({"/usr/sbin/ip", "addr", "add", "fd00:122::" + number + "/64", "dev", "eth0", "nodad"}));
    return host;
  }
  std::string sh(const std::string& script) const {
    return checked(docker_host_->output({"/bin/sh", "-ec", script}));
  }

  // Starts Docker for the first time, with a container whose port is published.
  void start_docker() {
    auto docker = Docker::start(*lab_, *docker_host_, kDaemon);
    if (!docker) GTEST_SKIP() << docker.error().message;
    docker_.emplace(std::move(*docker));
    checked(docker_->run_container("web", {"--restart", "always", "-p", "8000:80"},
                                   {"httpd", "-f", "-h", "/www"}));
    checked(docker_->wait_until_it_serves("web", 80));
  }
  std::vector<Knocker> knock() const {
    std::vector<Knocker> knockers;
    for (const auto* address : kAddresses)
      knockers.push_back(checked(Knocker::start(intruder_->network(), address, kPort)));
    return knockers;
  }
  // A container's address of IPv6 can be reached only after a while.
  void expect_reached_by(const Host& host) const {
    std::vector<Probe> probes;
    for (const auto* address : kAddresses)
      probes.push_back({.from = host.name(), .network = host.network(), .address = address, .port = kPort});
    for (int attempt = 0; attempt < 20; ++attempt)
      if (checked(probe(probes)) == std::vector{Reach::kWorks, Reach::kWorks}) return;
    ADD_FAILURE() << host.name() << " does not get in";
  }
  [[nodiscard]] std::vector<std::string> rules(const std::string& chain) const {
    std::vector<std::string> found;
    auto saved = sh("iptables-save -t filter");
    for (auto line : split(saved, '\n'))
      if (line.starts_with("-A " + chain + " ")) found.emplace_back(line);
    return found;
  }
  void expect_one_jump_at_the_head() const {
    auto forward = rules("FORWARD");
    ASSERT_FALSE(forward.empty());
    EXPECT_EQ(forward[0], "-A FORWARD -j DOCKER-USER");
    EXPECT_EQ(std::ranges::count(forward, "-A FORWARD -j DOCKER-USER"), 1) << join(forward, "\n");
    auto ours = rules("DOCKER-USER");
    ASSERT_GE(ours.size(), 2);
    EXPECT_THAT(ours[0], HasSubstr("established"));
    EXPECT_THAT(ours[1], HasSubstr("only_host2"));
    // Old ones end it so.
    ours.erase(ours.begin(), ours.begin() + 2);
    EXPECT_TRUE(ours.empty() || ours == std::vector<std::string>{"-A DOCKER-USER -j RETURN"})
        << join(ours, "\n");
  }

  std::optional<Lab> lab_;
  std::optional<Network> network_;
  std::optional<Host> docker_host_;
  std::optional<Host> host2_;
  std::optional<Host> intruder_;
  std::optional<Docker> docker_;
};

TEST_P(BootWithDocker, AnIntruderNeverGetsInFromBootToTheFirstContainer) {
  ASSERT_THAT(sh("iptables-save; ip6tables-save"), Not(HasSubstr("-A ")));
  auto knockers = knock();
  sh(PYFW_PROGRAM " boot 2>/dev/null");
  EXPECT_THAT(rules("FORWARD"), ElementsAre("-A FORWARD -j DOCKER-USER"));
  start_docker();
  if (IsSkipped()) return;
  expect_reached_by(*host2_);
  for (std::size_t i = 0; i < knockers.size(); ++i) {
    auto knocks = knockers[i].stop();
    EXPECT_GT(knocks.tried, 100);
    EXPECT_EQ(knocks.opened, 0) << kAddresses[i];
  }
  expect_one_jump_at_the_head();

  checked(docker_->restart());
  expect_one_jump_at_the_head();
  sh("ip route add default via 192.168.122.1");
  EXPECT_EQ(sh(PYFW_PROGRAM " plan"), "Nothing to do: all wishes are fulfilled.\n");
}

// Else the test above would show nothing.
TEST_P(BootWithDocker, WithoutBootTheIntruderGetsIn) {
  auto knockers = knock();
  start_docker();
  if (IsSkipped()) return;
  expect_reached_by(*intruder_);
  for (auto& knocker : knockers) EXPECT_GT(knocker.stop().opened, 0);
}

INSTANTIATE_TEST_SUITE_P(On, BootWithDocker, testing::Values(Backend::kNft, Backend::kLegacy),
                         [](const auto& info) { return info.param == Backend::kNft ? "nft" : "legacy"; });

}  // namespace
}  // namespace pyfw::lab
