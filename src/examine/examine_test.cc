#include "examine/examine.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "doctor/diagnose.h"
#include "kernel/linux_kernel.h"
#include "sys/namespace_for_tests.h"

namespace pyfw {
namespace {

using testing::Contains;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

namespace fs = std::filesystem;

// In a network namespace of its own, with a folder for the files of a system.
class Examine : public InOwnNamespace {
 protected:
  void SetUp() override {
    InOwnNamespace::SetUp();
    std::string folder = testing::TempDir() + "/examine-XXXXXX";
    if (mkdtemp(folder.data()) == nullptr) std::abort();
    root_ = folder;
  }
  void TearDown() override {
    fs::remove_all(root_);
    InOwnNamespace::TearDown();
  }

  void write(const std::string& path, const std::string& text) const {
    fs::create_directories(fs::path(root_ + path).parent_path());
    std::ofstream(root_ + path) << text;
  }
  void start(const std::string& unit, const std::string& text) const {
    write("/lib/systemd/system/" + unit, text);
    fs::create_directories(root_ + "/etc/systemd/system/multi-user.target.wants");
    fs::create_symlink("/lib/systemd/system/" + unit,
                       root_ + "/etc/systemd/system/multi-user.target.wants/" + unit);
  }
  [[nodiscard]] Examined examined() const {
    return examine({.root = root_,
                    .state_dir = root_ + "/state",
                    .make_kernel = [](Backend backend) { return std::make_unique<LinuxKernel>(backend); },
                    .files_are_of_here = true});
  }
  [[nodiscard]] std::vector<std::string> ids() const {
    std::vector<std::string> out;
    for (const auto& finding : diagnose(examined()).findings) out.push_back(finding.id);
    return out;
  }

  std::string root_;
};

TEST_F(Examine, AHostWithoutAnythingHasNothingThatMatters) {
  sh("ip link set lo up");
  auto examined = this->examined();
  EXPECT_THAT(examined.unseen, IsEmpty());
  EXPECT_THAT(examined.missing, IsEmpty());
  EXPECT_FALSE(matter(diagnose(examined).findings));
}

TEST_F(Examine, LookingMakesNoTable) {
  EXPECT_THAT(ids(), Not(Contains("two-backends")));
  EXPECT_EQ(sh("cat /proc/net/ip_tables_names /proc/net/ip6_tables_names"), "");
  EXPECT_EQ(sh("nft list tables"), "");
}

TEST_F(Examine, RulesOnBothBackendsAreSeen) {
  sh("iptables-nft -A INPUT -p tcp --dport 1 -j ACCEPT");
  EXPECT_THAT(ids(), Not(Contains("two-backends")));
  sh("iptables-legacy -A INPUT -p tcp --dport 1 -j ACCEPT");
  EXPECT_THAT(ids(), Contains("two-backends"));
}

TEST_F(Examine, TablesOfNftAndWhatItHidesAreSeen) {
  sh("nft add table inet mine");
  EXPECT_THAT(ids(), Contains("tables-of-nftables"));
  sh("iptables-nft -A INPUT -j ACCEPT; nft add rule ip filter INPUT tcp dport '{80,443}' accept");
  EXPECT_THAT(ids(), Contains("rules-that-iptables-hides"));
}

TEST_F(Examine, TheOrderAtBootIsThatOfTheFiles) {
  start("docker.service", "[Unit]\nAfter=network-online.target\n");
  start("nftables.service", "[Unit]\nAfter=docker.service\n");
  EXPECT_THAT(ids(), Not(Contains("flushed-after-docker")));
  write("/etc/nftables.conf", "#!/usr/sbin/nft -f\nflush ruleset\n");
  auto found = ids();
  EXPECT_THAT(found, Contains("flushed-after-docker"));
  EXPECT_THAT(found, Contains("nftables-flush-ruleset"));
}

TEST_F(Examine, SavedRulesAndSettingsOfOthersAreRead) {
  start("netfilter-persistent.service", "[Unit]\nBefore=docker.service\n");
  write("/etc/iptables/rules.v4", "*nat\n:PREROUTING ACCEPT [0:0]\n:DOCKER - [0:0]\nCOMMIT\n");
  EXPECT_THAT(ids(), Contains("saved-rules-of-docker"));
  write("/etc/ufw/ufw.conf", "ENABLED=yes\n");
  EXPECT_THAT(examined().others.ufw_conf, HasSubstr("ENABLED"));
}

TEST_F(Examine, FilesOfTheMachineAreNotThoseOfAnotherNamespace) {
  start("docker.service", "[Unit]\n");
  auto examined = examine({.root = root_, .state_dir = root_ + "/state", .make_kernel = [](Backend backend) {
                             return std::make_unique<LinuxKernel>(backend);
                           }});
  EXPECT_TRUE(examined.units.empty());
}

TEST_F(Examine, AStateThatOthersMayWriteIsSaid) {
  fs::create_directories(root_ + "/state");
  fs::permissions(root_ + "/state", fs::perms::all);
  EXPECT_THAT(ids(), Contains("state-damaged"));
  fs::permissions(root_ + "/state", fs::perms::owner_all);
  EXPECT_THAT(ids(), Not(Contains("state-damaged")));
}

TEST_F(Examine, ForwardingAndConntrackAreRead) {
  sh("ip link set lo up; ip link add br0 type bridge; ip addr add 10.9.0.1/24 dev br0; ip link set br0 up;"
     "sysctl -qw net.ipv4.ip_forward=1; iptables-nft -P FORWARD DROP");
  auto examined = this->examined();
  EXPECT_THAT(diagnose(examined).findings, Contains(Field(&Advice::id, "forward-policy-drop")));
  EXPECT_TRUE(examined.limits.connections.has_value());
  EXPECT_GT(examined.limits.most_connections.value_or(0), 0U);
  EXPECT_TRUE(examined.limits.accept_ra.contains("lo"));
  EXPECT_EQ(examined.programs.size(), 3U);
  sh("iptables-nft -A FORWARD -i br0 -j ACCEPT");
  EXPECT_THAT(ids(), Not(Contains("forward-policy-drop")));
}

}  // namespace
}  // namespace pyfw
