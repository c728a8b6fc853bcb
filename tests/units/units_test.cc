// The units of systemd as they are installed: systemd understands them, they allow little, and pyfw gets
// along with that.

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <cstdlib>
#include <filesystem>
#include <future>
#include <memory>

#include "base/strings.h"
#include "netns/live.h"
#include "unit_file.h"

namespace pyfw::units {
namespace {

namespace fs = std::filesystem;
using netns::backend_name;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::IsSupersetOf;

constexpr const char* kAnalyze = "/usr/bin/systemd-analyze";

// A folder that `cmake --install` has installed into.
class Installed {
 public:
  explicit Installed(std::string prefix) : prefix_(std::move(prefix)) {
    std::string name = "/tmp/pyfw-installed-XXXXXX";
    if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("mkdtemp");
    root_ = name;
    auto run = pyfw::run({PYFW_CMAKE, "--install", PYFW_BUILD_DIR, "--prefix", prefix_},
                         {.environment = {"DESTDIR=" + root_}});
    if (!run || run->status != 0) throw std::runtime_error(run ? run->err : run.error().message);
  }
  Installed(const Installed&) = delete;
  Installed& operator=(const Installed&) = delete;
  ~Installed() {
    std::error_code none;
    fs::remove_all(root_, none);
  }

  [[nodiscard]] const std::string& root() const { return root_; }
  [[nodiscard]] std::string path(const std::string& below_prefix) const {
    return root_ + prefix_ + "/" + below_prefix;
  }
  [[nodiscard]] std::string path_of_unit(const std::string& name) const {
    return path("lib/systemd/system/" + name);
  }
  [[nodiscard]] UnitFile unit(const std::string& name) const {
    return UnitFile::read(path_of_unit(name)).value();
  }

 private:
  std::string prefix_;
  std::string root_;
};

constexpr const char* kBoth[] = {"pyfw.service", "pyfw-watch.service"};

TEST(Install, PutsTheProgramAndTheUnitsUnderThePrefix) {
  for (const std::string prefix : {"/usr", "/opt/pyfw"}) {
    Installed installed(prefix);
    auto program = fs::status(installed.path("sbin/pyfw")).permissions();
    EXPECT_EQ(program & fs::perms::mask, fs::perms(0755));
    EXPECT_THAT(installed.unit("pyfw.service").all("ExecStart"), ElementsAre(prefix + "/sbin/pyfw boot"));
    EXPECT_THAT(installed.unit("pyfw-watch.service").all("ExecStart"),
                ElementsAre(prefix + "/sbin/pyfw watch"));
    EXPECT_TRUE(fs::exists(installed.path("share/doc/pyfw/docs/boot.md")));
    EXPECT_TRUE(fs::exists(installed.path("lib/tmpfiles.d/pyfw.conf")));
  }
}

// Builds that pack for several targets run it so.
TEST(Install, IsWholeWhereOthersRunAtOnce) {
  constexpr int kAtOnce = 12;
  std::vector<std::future<std::unique_ptr<Installed>>> running;
  for (int i = 0; i < kAtOnce; ++i)
    running.push_back(std::async(std::launch::async, [] { return std::make_unique<Installed>("/usr"); }));
  std::vector<std::unique_ptr<Installed>> installed;
  for (auto& one : running) ASSERT_NO_THROW(installed.push_back(one.get()));
  ASSERT_THAT(installed[0]->unit(kBoth[0]).all("ExecStart"), ElementsAre("/usr/sbin/pyfw boot"));
  for (const auto& one : installed)
    EXPECT_EQ(pyfw::run({"/usr/bin/diff", "-r", installed[0]->root(), one->root()}).value().out, "");
}

class Units : public testing::Test {
 protected:
  void SetUp() override {
    if (!fs::exists(kAnalyze)) GTEST_SKIP() << "there is no systemd-analyze";
    // What else the units run, and where its own units stand.
    fs::create_directories(installed_.root() + "/bin");
    fs::copy_file("/bin/kill", installed_.root() + "/bin/kill");
  }
  [[nodiscard]] Outcome analyze(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), kAnalyze);
    arguments.push_back("--root=" + installed_.root());
    return pyfw::run(arguments).value();
  }

  Installed installed_{"/usr"};
};

TEST_F(Units, AreUnderstoodBySystemd) {
  auto verified = analyze({"verify", "--man=no", kBoth[0], kBoth[1]});
  EXPECT_EQ(verified.status, 0);
  EXPECT_EQ(verified.err, "");
  // It is one that looks.
  fs::remove(installed_.path("sbin/pyfw"));
  EXPECT_NE(analyze({"verify", "--man=no", kBoth[0]}).status, 0);
}

TEST_F(Units, ExposeLittle) {
  for (const auto* unit : kBoth) {
    auto rated = analyze({"security", "--offline=true", "--threshold=28", unit});
    EXPECT_EQ(rated.status, 0) << rated.out << rated.err;
  }
}

TEST_F(Units, MayDoTheSame) {
  auto boot = installed_.unit(kBoth[0]);
  auto watch = installed_.unit(kBoth[1]);
  EXPECT_THAT(boot.words("CapabilityBoundingSet"), testing::Not(IsEmpty()));
  for (const auto* key : {"CapabilityBoundingSet", "SystemCallFilter", "ReadWritePaths", "ProtectSystem"})
    EXPECT_EQ(boot.all(key), watch.all(key)) << key;
}

TEST_F(Units, BootComesBeforeNetworkAndDocker) {
  auto unit = installed_.unit("pyfw.service");
  EXPECT_THAT(unit.words("Before"),
              IsSupersetOf({"network-pre.target", "docker.service", "shutdown.target"}));
  EXPECT_THAT(unit.words("Wants"), testing::Contains("network-pre.target"));
  EXPECT_THAT(unit.all("DefaultDependencies"), ElementsAre("no"));
  EXPECT_THAT(unit.all("ExecStop"), IsEmpty()) << "the rules stay";
}

constexpr const char* kWishes = R"(
pyfw_wishes:
  ipsets:
    offices: { type: 'hash:net', members_equal: [192.0.2.0/24] }
  ip46tables:
    filter:
      DOCKER-USER: { rules: [ no_telnet: -p tcp --dport 23 -j DROP ] }
      INPUT: { default_action: DROP, rules: [ established: -m conntrack --ctstate ESTABLISHED -j ACCEPT ] }
  iptables:
    filter: { INPUT: { rules: [ offices: -m set --match-set offices src -p tcp --dport ssh -j ACCEPT ] } }
    nat: { PREROUTING: { rules: [ web: -p tcp --dport 80 -j DNAT --to-destination 10.0.0.2 ] } }
)";

class Confined : public netns::LiveTest {
 protected:
  void SetUp() override {
    if (!fs::exists(kAnalyze)) GTEST_SKIP() << "there is no systemd-analyze";
    LiveTest::SetUp();
    if (IsSkipped()) return;
    // As systemd-tmpfiles does it.
    sh(": >/run/xtables.lock");
    wish(kWishes);
    auto applied = pyfw({"apply"});
    ASSERT_EQ(applied.status, 0) << applied.err;
  }

  // Runs it under the unit of boot.
  [[nodiscard]] Outcome confined(const std::vector<std::string>& argv,
                                 const std::string& without = "") const {
    std::vector<std::string> all = {PYFW_CONFINED_PROGRAM, installed_.path_of_unit("pyfw.service")};
    if (!without.empty()) all.insert(all.end(), {"--without", without});
    all.insert(all.end(), argv.begin(), argv.end());
    return host().run(all).value();
  }
  void lose_all() const {
    restore("*filter\nCOMMIT\n*nat\nCOMMIT\n");
    restore("*filter\nCOMMIT\n*nat\nCOMMIT\n", "ip6tables");
    sh("for family in iptables ip6tables; do $family -P INPUT ACCEPT; done; nft flush ruleset; ipset "
       "destroy");
  }
  [[nodiscard]] std::string all_rules() const {
    return sh(
        "for family in iptables ip6tables; do for table in nat filter; do $family-save -t $table | grep -e "
        "^-A -e ' "
        "DROP \\[' || true; done; done; ipset save | sed 's/ initval [^ ]*//'");
  }

  Installed installed_{"/usr"};
};
PYFW_ON_BOTH_BACKENDS(Confined);

TEST_P(Confined, BootEnforcesAllOfIt) {
  auto applied = pyfw({"boot"}).status == 0 ? all_rules() : "";
  lose_all();
  auto run = confined({PYFW_PROGRAM, "boot"});
  EXPECT_EQ(run.status, 0) << run.err;
  EXPECT_THAT(run.err, testing::Not(HasSubstr("warning"))) << "all at once, and rehearsed";
  EXPECT_EQ(all_rules(), applied);
}

TEST_P(Confined, BootWritesTheRecord) {
  sh("rm -r /var/lib/pyfw/*");
  EXPECT_EQ(confined({PYFW_PROGRAM, "apply"}).status, 0);
  EXPECT_THAT(sh("cat /var/lib/pyfw/*/record"), HasSubstr("no_telnet"));
}

TEST_P(Confined, WatchMendsWhatDrifts) {
  auto applied = all_rules();
  auto watch = host().start(
      {PYFW_CONFINED_PROGRAM, installed_.path_of_unit("pyfw-watch.service"), PYFW_PROGRAM, "watch"});
  ASSERT_TRUE(watch) << watch.error().message;
  wait_until(
      [&] { return !watch->running() || !sh("ls /var/lib/pyfw/*/daemon 2>/dev/null || true").empty(); });
  for (const char* drift : {"iptables -F INPUT", "ip6tables -F DOCKER-USER",
                            "iptables -t nat -F; iptables -P INPUT ACCEPT", "ipset flush offices"}) {
    sh(drift);
    wait_until([&] { return !watch->running() || all_rules() == applied; });
    ASSERT_EQ(all_rules(), applied) << drift << watch->said();
  }
  EXPECT_TRUE(watch->stop(SIGTERM));
  EXPECT_THAT(watch->said(), testing::Not(HasSubstr("can't")));
}

TEST_P(Confined, EachCapabilityIsNeeded) {
  auto capabilities = installed_.unit("pyfw.service").words("CapabilityBoundingSet");
  ASSERT_THAT(capabilities, testing::Not(IsEmpty()));
  for (const auto& capability : capabilities) {
    lose_all();
    auto run = confined({PYFW_PROGRAM, "boot"}, capability);
    EXPECT_TRUE(run.status == 1 || run.err.find("warning") != std::string::npos) << capability << run.err;
  }
}

// Else the tests above would show nothing.
TEST_P(Confined, NothingElseIsAllowed) {
  std::vector<std::pair<std::string, bool>> deeds = {
      {"touch /run/pyfw/new", true},   {"touch /var/lib/pyfw/new", true},
      {"touch /run/new", false},       {"touch /etc/new", false},
      {"unshare -n true", true},       {"unshare -m true", false},
      {"unshare -U true", false},      {"mount -t tmpfs none /mnt", false},
      {"chroot / true", false},        {"echo 1 >/proc/sys/net/ipv4/ip_forward", false},
      {": >>/run/xtables.lock", true}, {"chown 1 /run/pyfw/new", false}};
  for (const auto& [deed, is_allowed] : deeds)
    EXPECT_EQ(confined({"/bin/sh", "-c", deed}).status == 0, is_allowed) << deed;
}

class Restorers : public netns::LiveTest {
 protected:
  // By process 1 of a pid namespace pyfw knows the host's own network.
  [[nodiscard]] Outcome apply_on_own_network() const {
    return host()
        .run({"/usr/bin/unshare", "--pid", "--fork", "--mount-proc", "/bin/sh", "-c",
              PYFW_PROGRAM " apply; exit $?"})
        .value();
  }
};
PYFW_ON_BOTH_BACKENDS(Restorers);

TEST_P(Restorers, OneThatIsEnabledIsToldOnTheHostsOwnNetworkAlone) {
  wish("pyfw_wishes: { iptables: { filter: { INPUT: { rules: [ no_telnet: -p tcp --dport 23 -j DROP ] }}}}");
  constexpr const char* kTold = "warning: shorewall6 is enabled: it clears the tables";
  EXPECT_THAT(apply_on_own_network().err, testing::Not(HasSubstr("shorewall6")));
  sh("mkdir -p /run/systemd/system/multi-user.target.wants; ln -s /shorewall6.service "
     "/run/systemd/system/multi-user.target.wants/");
  auto told = apply_on_own_network();
  EXPECT_EQ(told.status, 0);
  EXPECT_THAT(told.err, HasSubstr(kTold));
  EXPECT_THAT(pyfw({"apply"}).err, testing::Not(HasSubstr("shorewall6"))) << "to pyfw this is some namespace";
}

}  // namespace
}  // namespace pyfw::units
