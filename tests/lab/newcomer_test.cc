// pyfw's first hour on a host that has lived without it: Docker with a published database, ufw, fail2ban, and
// rules of many years. Import, lint, plan, apply, confirm, and a restart of Docker.

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <regex>

#include "base/strings.h"
#include "lab/docker.h"
#include "lab/must.h"

namespace pyfw::lab {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr auto kGoals = R"(pyfw_wishes:
  expectations:
  - the office reaches the database: { from: 198.51.100.9, to: "203.0.113.10:5432", is: works }
  - others do not reach it:          { from: 203.0.113.9, to: "203.0.113.10:5432", is: dropped }
  - everyone reaches the shop:       { from: 203.0.113.9, to: "203.0.113.10:8080", is: works }
  - bad people do not get in:        { from: 192.0.2.5, to: "203.0.113.10:80", is: dropped }
)";

struct OldHost {
  Lab lab;
  Host host;
  Docker docker;
  std::string rules{};  // of all that were there before pyfw

  static Result<OldHost> build() {
    TRY(auto lab, Lab::open());
    TRY(auto host, lab.add_host("old"));
    TRY_VOID(sh(host,
                "ip link set lo up; ip link add eth0 type veth peer name wire; ip link set wire up;"
                " ip link set eth0 up; ip addr add 203.0.113.10/24 dev eth0;"
                " ip route add default via 203.0.113.1"));
    TRY(auto docker, Docker::start(lab, host));
    TRY_VOID(docker.client({"network", "create", "--subnet", "172.30.1.0/24", "-o",
                            "com.docker.network.bridge.name=br-shop", "shop"}));
    TRY_VOID(docker.run_container("db", {"--network", "shop", "--ip", "172.30.1.2", "-p", "5432:5432"},
                                  {"httpd", "-f", "-h", "/www", "-p", "5432"}));
    TRY_VOID(docker.run_container("web", {"--network", "shop", "--ip", "172.30.1.3", "-p", "8080:80"},
                                  {"httpd", "-f", "-h", "/www"}));
    constexpr auto kRecorded = PYFW_SOURCE_DIR "/tests/lab/recorded/";
    TRY_VOID(
        sh(host, fmt::format("ipset restore <{0}grown.ipset-save; iptables-restore -n <{0}ufw.iptables-save;"
                             " iptables-restore -n <{0}grown.iptables-save",
                             kRecorded)));
    TRY(auto rules, host.output({"/usr/sbin/iptables-save"}));
    return OldHost{.lab = std::move(lab),
                   .host = std::move(host),
                   .docker = std::move(docker),
                   .rules = std::move(rules)};
  }

  static Result<void> sh(const Host& host, const std::string& script) {
    TRY_VOID(host.output({"/bin/sh", "-ec", script}));
    return {};
  }
};

class Newcomer : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    auto built = OldHost::build();
    if (!built) why_not_ = built.error().message;
    if (built) old_.emplace(std::move(*built));
  }
  static void TearDownTestSuite() { old_.reset(); }

  void SetUp() override {
    if (!old_) GTEST_SKIP() << why_not_;
    must(host().write_file("/run/rules", old_->rules));
    must(OldHost::sh(host(), "iptables-restore </run/rules; rm -rf /etc/pyfw/* /var/lib/pyfw/*"));
    must(host().write_file("/etc/pyfw/wishes.d/goals.yaml", kGoals));
    auto imported = pyfw({"import", "--output", "/etc/pyfw/wishes.yaml"});
    ASSERT_EQ(imported.status, 0) << imported.err;
  }

  static const Host& host() { return old_->host; }

  static Outcome pyfw(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), PYFW_PROGRAM);
    return must(host().run(arguments));
  }

  // Each chain's rules in their order, without names and counters.
  static std::vector<std::string> rules() { return plain(must(host().output({"/usr/sbin/iptables-save"}))); }
  static std::vector<std::string> rules_before() { return plain(old_->rules); }

  static std::vector<std::string> plain(const std::string& saved) {
    static const std::regex kComment(R"re( -m comment --comment ("([^"\\]|\\.)*"|\S+))re");
    std::vector<std::string> out;
    for (auto line : split(saved, '\n'))
      if (line.starts_with("-A") || line.starts_with("*"))
        out.push_back(std::regex_replace(std::string(line), kComment, ""));
    return out;
  }

  static void restart_docker() {
    must(old_->docker.restart());
    must(old_->docker.client({"start", "db"}));
    must(old_->docker.client({"start", "web"}));
  }

  static inline std::optional<OldHost> old_;

 private:
  static inline std::string why_not_;
};

TEST_F(Newcomer, LintSaysOfImportedWishesWhatIsTrueOfTheRulesAsTheyStand) {
  auto said = pyfw({"lint"}).out;
  std::vector<std::string> found;
  static const std::regex kFinding(R"((warning|note|error): .*'(.*)'.* \[(.*)\])");
  for (auto line : split(said, '\n')) {
    std::smatch parts;
    std::string text(line);
    if (std::regex_search(text, parts, kFinding)) found.push_back(parts.str(3) + " " + parts.str(2));
  }
  EXPECT_THAT(found,
              ElementsAre("never-matches allow_established_out_tun0",
                          "changes-nothing allow_tcp_10050_from_198_51_100_5", "uncalled-chain OLD_UNUSED",
                          "dnat-not-forwarded dnat_tcp_2222_in_eth0_to_172_30_1_3_22"))
      << said;
}

TEST_F(Newcomer, ImportedWishesChangeNoPacketsWay) {
  auto plan = pyfw({"plan", "--adopt"});
  EXPECT_EQ(plan.status, 3) << plan.err;
  EXPECT_THAT(plan.out, HasSubstr("No connection is treated otherwise, new or open, as far as can be told."));
  EXPECT_EQ(rules(), rules_before());
}

TEST_F(Newcomer, AfterApplyAndARestartOfDockerEverybodysRulesAreThereAndTheExpectationsHold) {
  EXPECT_EQ(pyfw({"check"}).status, 0) << pyfw({"check"}).out;
  auto applied = pyfw({"apply", "--adopt", "--confirm-within", "5m"});
  ASSERT_EQ(applied.status, 0) << applied.err;
  auto confirmed = pyfw({"confirm"});
  EXPECT_EQ(confirmed.status, 0) << confirmed.err;
  EXPECT_EQ(rules(), rules_before());
  EXPECT_EQ(pyfw({"status"}).status, 0);

  restart_docker();
  EXPECT_EQ(pyfw({"status"}).status, 3) << "Docker's jumps stand above the rule for the tunnel now";
  auto again = pyfw({"apply"});
  EXPECT_EQ(again.status, 0) << again.err;
  EXPECT_EQ(pyfw({"plan"}).status, 0);
  EXPECT_EQ(pyfw({"check"}).status, 0) << pyfw({"check"}).out;
  // Docker has moved its own; none is lost.
  auto before = rules_before();
  auto after = rules();
  std::ranges::sort(before);
  std::ranges::sort(after);
  EXPECT_EQ(after, before);
}

// Docker appends to nat POSTROUTING for each.
TEST_F(Newcomer, ContainersThatStartAreNoDrift) {
  must(old_->docker.client({"stop", "-t", "0", "db", "web"}));
  auto imported = pyfw({"import", "--force", "--output", "/etc/pyfw/wishes.yaml"});
  ASSERT_EQ(imported.status, 0) << imported.err;
  auto applied = pyfw({"apply", "--adopt"});
  EXPECT_EQ(applied.status, 0) << applied.err;
  must(old_->docker.client({"start", "db", "web"}));
  auto plan = pyfw({"plan"});
  EXPECT_EQ(plan.status, 0) << plan.out;
}

}  // namespace
}  // namespace pyfw::lab
