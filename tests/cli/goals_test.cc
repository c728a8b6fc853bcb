// The tutorial's three goals, in its situations, on the chains of three versions of Docker as they were saved
// on real hosts. All three saves publish port 80 of the container 172.17.0.2 on docker0 as 8000, as the
// tutorial does; so the tutorial's own host stands around each of them, and its wishes are added.

#include <fmt/format.h>

#include "../lab/situations.h"
#include "cli.h"

namespace pyfw::cli {
namespace {

using testing::HasSubstr;

struct Version {
  std::string name;
  const char* save;
  const char* docker;           // as its API tells it
  const char* second_bridge{};  // beside docker0
};

const std::vector<Version> kVersions = {
    {.name = "17_05", .save = "docker-17.05", .docker = "17.05.0-ce"},
    {.name = "20_10", .save = "docker-20.10", .docker = "20.10.24", .second_bridge = "br-3f1b7c0a9d2e"},
    {.name = "28", .save = "docker-28", .docker = "28.0.4"},
};

enum class Found : std::uint8_t { kProved, kRefuted };

struct Situation {
  std::string name;
  const char* wishes;
  // 1: all containers can connect; those that run, and the whole of Docker's network. 3: no other hosts can.
  Found running;
  Found network;
  Found others;
};

// As in examples/tutorial.yaml, beside the wishes of (c).
std::string with_inter_docker() {
  auto text = golden("../../examples/tutorial.yaml");
  return text.substr(text.find("pyfw_wishes:"));
}

const std::vector<Situation> kSituations = {
    {.name = "PlainDocker",
     .wishes = "pyfw_wishes:\n",
     .running = Found::kProved,
     .network = Found::kProved,
     .others = Found::kRefuted},
    {.name = "InputDropped",
     .wishes = lab::kInputDrop,
     .running = Found::kRefuted,
     .network = Found::kRefuted,
     .others = Found::kRefuted},
    {.name = "OthersRejected",
     .wishes = lab::kOthersRejected,
     .running = Found::kRefuted,
     .network = Found::kRefuted,
     .others = Found::kProved},
    {.name = "InterDocker",
     .wishes = nullptr,  // with_inter_docker()
     .running = Found::kProved,
     .network = Found::kRefuted,
     .others = Found::kProved},
};

constexpr auto kGoals =
    "  - running: { from: 'network:bridge', to: '172.17.0.1:8000', is: works }\n"
    "  - network: { from: 172.17.0.0/16, to: '172.17.0.1:8000', is: works }\n"
    "  - host2: { from: { 192.168.122.192/31, except: [192.168.122.192] }, to: '192.168.122.190:8000', is: "
    "works }\n"
    "  - others: { from: 'not 192.168.122.193@eth0', to: '192.168.122.190:8000', is: not works }\n";

void PrintTo(const Version& version, std::ostream* out) { *out << version.name; }
void PrintTo(const Situation& situation, std::ostream* out) { *out << situation.name; }

class Goals : public CliTest, public testing::WithParamInterface<std::tuple<Version, Situation>> {
 protected:
  // The version's rules with the situation's wishes fulfilled, which become desired.yaml, and the facts of
  // the tutorial's host.
  void write_host() const {
    const auto& [version, situation] = GetParam();
    write("rules.save", golden(fmt::format("saves/{}.iptables-save", version.save)));
    write("sets.save", golden("tutorial/allowed_hosts.ipset-save"));
    write("situation.yaml", situation.wishes == nullptr ? with_inter_docker() : situation.wishes);
    auto desired = pyfw({"--print-desired-state", "--wishes", "situation.yaml", "--use-state",
                         state_of({"state", "--iptables-save", "rules.save", "--ipset-save", "sets.save"})});
    EXPECT_EQ(desired.err, "");
    write("desired.yaml", with_facts(desired.out));
  }

  [[nodiscard]] Outcome check(const std::string& expectations) const {
    write("wishes.yaml", "pyfw_wishes:\n  expectations:\n" + expectations);
    return pyfw({"check", "--use-state", "desired.yaml", "--wishes", "wishes.yaml"});
  }

 private:
  [[nodiscard]] std::string state_of(const std::vector<std::string>& arguments) const {
    write("state.yaml", with_facts(pyfw(arguments).out));
    return "state.yaml";
  }

  // With a second container, and with the version's second bridge.
  static std::string with_facts(const std::string& state) {
    const auto& version = std::get<0>(GetParam());
    auto host = golden("tutorial/host.yaml");
    auto out = state.substr(0, state.find("  facts:\n")) + host.substr(host.find("  facts:\n"));
    out = replaced(out, "version: 20.10.24", fmt::format("version: {}", version.docker));
    if (version.second_bridge != nullptr) {
      out = replaced(out, "    routes:\n",
                     fmt::format("    - {{name: {}, state: up, kind: bridge, addresses: [172.18.0.1/16]}}\n"
                                 "    routes:\n    - {{to: 172.18.0.0/16, interface: {}, metric: 0}}\n",
                                 version.second_bridge, version.second_bridge));
      out = replaced(
          out, "      containers:\n",
          fmt::format("      - {{name: backend, driver: bridge, bridge: {}, subnets: [172.18.0.0/16], "
                      "gateways: [172.18.0.1]}}\n      containers:\n",
                      version.second_bridge));
    }
    return out +
           "      - name: container2\n"
           "        network_mode: default\n"
           "        pid: 4712\n"
           "        addresses:\n"
           "        - {network: bridge, ip: 172.17.0.3, length: 16, gateway: 172.17.0.1}\n";
  }
};

std::string verdict(const char* goal, Found found) {
  if (found == Found::kRefuted) return fmt::format("✗ {}", goal);
  return fmt::format("✓ {}", goal);
}

TEST_P(Goals, AreProvedOrRefutedAsTheTutorialSays) {
  const auto& situation = std::get<1>(GetParam());
  write_host();
  auto run = check(kGoals);
  EXPECT_EQ(run.err, "");
  EXPECT_EQ(run.status, 3);
  EXPECT_THAT(run.out, HasSubstr(verdict("running", situation.running)));
  EXPECT_THAT(run.out,
              HasSubstr(situation.network == Found::kProved ? "✓ network  works, proved\n"
                                                            : "✗ network  works was expected, refuted by\n"));
  EXPECT_THAT(run.out, HasSubstr("✓ host2    works, proved\n"));
  // Somebody of the same network whom nobody has named gets in.
  EXPECT_THAT(run.out,
              HasSubstr(situation.others == Found::kProved
                            ? "✓ others   not works, proved\n"
                            : "✗ others   not works was expected, refuted by\n    192.168.122.66 to"));
}

// The tutorial's rule lets in 172.17.0.0/24, which is not the whole network.
class GoalsWithInterDocker : public Goals {};

TEST_P(GoalsWithInterDocker, TheNetworkIsRefutedByThoseWhomTheRuleLeavesOut) {
  write_host();
  auto run = check(
      "  - inside: { from: 172.17.0.0/24, to: '172.17.0.1:8000', is: works }\n"
      "  - outside: { from: { 172.17.0.0/16, except: [172.17.0.0/24] }, to: '172.17.0.1:8000', is: dropped "
      "}\n");
  EXPECT_EQ(run.err, "");
  EXPECT_THAT(run.out, HasSubstr("✓ inside   works, proved\n"));
  EXPECT_THAT(run.out, HasSubstr("✓ outside  dropped, proved\n"));
}

std::string name_of(const testing::TestParamInfo<std::tuple<Version, Situation>>& tested) {
  return std::get<1>(tested.param).name + "OnDocker" + std::get<0>(tested.param).name;
}

INSTANTIATE_TEST_SUITE_P(OfEachDocker, Goals,
                         testing::Combine(testing::ValuesIn(kVersions), testing::ValuesIn(kSituations)),
                         name_of);
INSTANTIATE_TEST_SUITE_P(OfEachDocker, GoalsWithInterDocker,
                         testing::Combine(testing::ValuesIn(kVersions), testing::Values(kSituations.back())),
                         name_of);

}  // namespace
}  // namespace pyfw::cli
