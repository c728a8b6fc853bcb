// The Debian package, from its first installation to its purge.

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <optional>

#include "base/strings.h"
#include "small_debian.h"

namespace pyfw::package {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kFullfilled = "Nothing to do: all wishes are fulfilled.\n";

constexpr const char* kWishes = R"(
pyfw_wishes:
  ipsets:
    offices: { type: 'hash:net', members_equal: [192.0.2.0/24] }
  iptables:
    filter:
      INPUT:
        default_action: DROP
        rules:
        - allow_loopback: -i lo -j ACCEPT
        - offices: -m set --match-set offices src -p tcp --dport 22 -j ACCEPT
)";

// A package, made of what this build has built, in that folder.
Result<std::string> make_package(const fs::path& folder) {
  TRY(auto run, pyfw::run({PYFW_CPACK, "--config", PYFW_BUILD_DIR "/CPackConfig.cmake", "-B", folder, "-D",
                           "CPACK_DEBIAN_COMPRESSION_TYPE=gzip"},
                          {.timeout_ms = 300'000, .environment = {"SOURCE_DATE_EPOCH=1700000000"}}));
  if (run.status != 0) return fail(run.out + run.err);
  for (const auto& entry : fs::directory_iterator(folder))
    if (entry.path().extension() == ".deb") return entry.path().string();
  return fail("cpack made no package");
}

// The same with a higher version, and with another first wishes file.
constexpr const char* kMakeNewer = R"(set -e
dpkg-deb -R "$1" "$2"
sed -i 's/^Version: .*/Version: 99-1/' "$2/DEBIAN/control"
echo '# of the newer version' >>"$2/etc/pyfw/wishes.yaml"
dpkg-deb --root-owner-group -Zgzip -b "$2" "$3"
rm -r "$2"
)";

class Package : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    if (geteuid() != 0) return;
    made_.emplace();
    auto package = make_package(made_->path());
    ASSERT_TRUE(package) << package.error().message;
    package_ = *package;
    auto depends = pyfw::run({"/usr/bin/dpkg-deb", "-f", package_, "Depends"}).value().out;
    std::vector<std::string> make_root = {PYFW_SOURCE_DIR "/tests/package/make_root", root()};
    for (auto name : split(depends, ',')) {
      name = trim(name);
      make_root.emplace_back(name.substr(0, name.find(' ')));
    }
    auto made = pyfw::run(make_root, {.timeout_ms = 120'000}).value();
    ASSERT_EQ(made.status, 0) << made.err;
    fs::copy_file(package_, root() / "pyfw.deb");
    auto newer = pyfw::run(
        {"/bin/bash", "-c", kMakeNewer, "newer", package_, made_->path() / "newer", root() / "newer.deb"});
    ASSERT_EQ(newer->status, 0) << newer->err;
  }
  static void TearDownTestSuite() { made_.reset(); }

  void SetUp() override {
    if (geteuid() != 0) GTEST_SKIP() << "needs root";
    auto debian = SmallDebian::over(root());
    ASSERT_TRUE(debian) << debian.error().message;
    debian_.emplace(std::move(*debian));
    sh("iptables -N DOCKER-USER; iptables -A INPUT -s 198.51.100.7 -j DROP");
  }

  [[nodiscard]] static fs::path root() { return made_->path() / "root"; }
  [[nodiscard]] Outcome run(const std::string& script) const { return debian_->run(script); }
  std::string sh(const std::string& script) const { return debian_->sh(script); }
  void install() const { sh("dpkg -i /pyfw.deb"); }
  void apply() const { sh(fmt::format("cat >/etc/pyfw/wishes.yaml <<'END'\n{}END\npyfw apply", kWishes)); }
  [[nodiscard]] std::string rules() const {
    return sh("iptables-save | grep -v '^#'; ipset save | cut -d' ' -f1-3");
  }
  // Where systemd runs: it writes down what it is told.
  void let_systemd_run() const {
    sh(R"sh(mkdir -p /run/systemd/system
cat >/usr/bin/systemctl <<'END'
#!/bin/sh
echo "$@" >>/told
case " $* " in
  *' is-enabled '*) echo enabled ;;
  *' is-active '*) [ -e /active ] ;;
  *' start '* | *' restart '*) : >/active ;;
  *' stop '*) rm -f /active ;;
esac
END
chmod +x /usr/bin/systemctl)sh");
  }
  [[nodiscard]] std::string told() const { return sh("cat /told; : >/told"); }

  static inline std::optional<Folder> made_;
  static inline std::string package_;
  std::optional<SmallDebian> debian_;
};

TEST_F(Package, InstalledItChangesNothingAndIsReady) {
  auto before = rules();
  install();
  EXPECT_EQ(rules(), before);
  EXPECT_EQ(sh("pyfw plan 2>/dev/null"), kFullfilled) << "the wishes file wishes for nothing";
  EXPECT_EQ(sh("stat -c '%a %U' /var/lib/pyfw /etc/pyfw/wishes.yaml /usr/sbin/pyfw"),
            "700 root\n644 root\n755 root\n");
  EXPECT_EQ(sh("pyfw boot"), "nothing to do: no wishes have been applied here\n");
  EXPECT_EQ(rules(), before);
  EXPECT_EQ(sh("cd /etc/systemd/system/multi-user.target.wants && ls"), "pyfw-watch.service\npyfw.service\n");
}

TEST_F(Package, DependsOnAllThatAnApplyAndItsUndoRun) {
  install();
  auto before = rules();
  apply();
  EXPECT_EQ(sh("pyfw plan 2>/dev/null"), kFullfilled);
  EXPECT_THAT(rules(), AllOf(HasSubstr(":INPUT DROP"), HasSubstr("--match-set offices src")));
  sh("pyfw rollback 1");
  EXPECT_EQ(rules(), before);
}

TEST_F(Package, UpgradedItKeepsRulesWishesAndWhatItKnows) {
  install();
  apply();
  auto before = rules();
  sh("dpkg --force-confdef --force-confold -i /newer.deb");
  EXPECT_EQ(sh("dpkg-query -W -f '${Version}' pyfw"), "99-1");
  EXPECT_EQ(rules(), before);
  EXPECT_THAT(sh("cat /etc/pyfw/wishes.yaml"), HasSubstr("offices"));
  EXPECT_EQ(sh("pyfw plan 2>/dev/null"), kFullfilled);
  EXPECT_THAT(sh("pyfw snapshots"), HasSubstr("1"));
}

TEST_F(Package, UpgradedItTakesTheNewWishesFileWhereNobodyWroteIntoTheOld) {
  install();
  sh("dpkg -i /newer.deb");
  EXPECT_THAT(sh("cat /etc/pyfw/wishes.yaml"), HasSubstr("# of the newer version"));
}

TEST_F(Package, RemovedItLeavesTheRulesAndSaysHowToTakeThemOut) {
  auto untouched = rules();
  install();
  apply();
  auto before = rules();
  auto removed = run("dpkg -r pyfw");
  EXPECT_EQ(removed.status, 0) << removed.err;
  EXPECT_EQ(rules(), before);
  EXPECT_EQ(run("command -v pyfw").status, 127);
  constexpr auto kTakeOut = "pyfw apply --wishes /usr/share/pyfw/nothing.yaml --replace";
  EXPECT_THAT(removed.err, HasSubstr(kTakeOut));
  // Let us do what it says.
  install();
  sh(kTakeOut);
  EXPECT_EQ(rules(), untouched);
  EXPECT_THAT(run("dpkg -r pyfw").err, HasSubstr("rules")) << "there is a record, though of nothing";
}

TEST_F(Package, WithoutARuleOfItsOwnARemovalIsSilent) {
  install();
  EXPECT_EQ(run("dpkg -r pyfw").err, "");
}

TEST_F(Package, PurgedItTakesItsStateAndLeavesTheRules) {
  install();
  apply();
  auto before = rules();
  auto purged = run("dpkg -P pyfw");
  EXPECT_EQ(purged.status, 0) << purged.err;
  EXPECT_THAT(purged.err, HasSubstr("rules and sets that it applied stay"));
  EXPECT_EQ(rules(), before);
  EXPECT_EQ(sh("find / -xdev -name '*pyfw*' ! -path '/proc/*' ! -path /pyfw.deb"), "");
}

TEST_F(Package, PurgedItLeavesWishesThatItDidNotInstall) {
  install();
  sh("mkdir /etc/pyfw/wishes.d; echo pyfw_wishes: >/etc/pyfw/wishes.d/mine.yaml; dpkg -P pyfw");
  EXPECT_EQ(sh("ls /etc/pyfw/wishes.d"), "mine.yaml\n");
}

TEST_F(Package, IsNotRemovedWhileAChangeWaitsForItsConfirm) {
  install();
  sh("mkdir -p /var/lib/pyfw/host; touch /var/lib/pyfw/host/pending");
  auto removed = run("dpkg -r pyfw");
  EXPECT_NE(removed.status, 0);
  EXPECT_THAT(removed.err, HasSubstr("'pyfw confirm' or 'pyfw rollback'"));
  sh("pyfw plan");
}

TEST_F(Package, StartsRestartsAndStopsTheDaemonWhereSystemdRuns) {
  let_systemd_run();
  install();
  EXPECT_THAT(told(), AllOf(HasSubstr("daemon-reload"), ContainsRegex(" start .*pyfw-watch.service"),
                            Not(ContainsRegex("start .*pyfw.service"))));
  sh("dpkg -i /newer.deb");
  EXPECT_THAT(told(), AllOf(ContainsRegex("restart .*pyfw-watch.service"), Not(HasSubstr("stop"))));
  sh("dpkg -r pyfw");
  EXPECT_THAT(told(), ContainsRegex("stop .*pyfw-watch.service"));
}

TEST_F(Package, LeavesAUnitDisabledThatItsOwnerHasDisabled) {
  install();
  sh("rm /etc/systemd/system/multi-user.target.wants/pyfw-watch.service; dpkg -i /newer.deb");
  EXPECT_EQ(sh("ls /etc/systemd/system/multi-user.target.wants"), "pyfw.service\n");
}

TEST_F(Package, HasAllThatIsInstalledFromSource) {
  install();
  EXPECT_EQ(sh("ls /usr/share/pyfw/wishes.schema.json /usr/share/doc/pyfw/examples/server.yaml "
               "/usr/share/bash-completion/completions/pyfw /usr/share/zsh/vendor-completions/_pyfw "
               "/usr/share/fish/vendor_completions.d/pyfw.fish /usr/share/man/man8/pyfw-plan.8.gz "
               "/usr/share/man/man5/pyfw-wishes.5.gz | wc -l"),
            "7\n");
  EXPECT_THAT(sh("cat /usr/lib/systemd/system/pyfw.service"), HasSubstr("ExecStart=/usr/sbin/pyfw boot\n"));
}

TEST_F(Package, IsTheSameWheneverItIsMade) {
  Folder again;
  auto package = make_package(again.path());
  ASSERT_TRUE(package) << package.error().message;
  EXPECT_EQ(pyfw::run({"/usr/bin/cmp", package_, *package})->out, "");
}

// `cmake --install`, as other distributions use it.
TEST(InstallFromSource, HasThePathsOfItsPrefixAndKeepsWishes) {
  Folder folder;
  auto install = [&] {
    return pyfw::run({PYFW_CMAKE, "--install", PYFW_BUILD_DIR, "--prefix", "/usr/local"},
                     {.environment = {"DESTDIR=" + folder.path().string()}})
        .value();
  };
  auto installed = install();
  ASSERT_EQ(installed.status, 0) << installed.err;
  auto read = [&](const std::string& path) {
    return pyfw::run({"/bin/cat", folder.path() / path}).value().out;
  };
  EXPECT_THAT(read("etc/pyfw/wishes.yaml"), HasSubstr("$schema=/usr/local/share/pyfw/wishes.schema.json\n"));
  EXPECT_TRUE(fs::exists(folder.path() / "usr/local/share/pyfw/wishes.schema.json"));
  EXPECT_THAT(read("usr/local/share/man/man8/pyfw.8"),
              AllOf(HasSubstr("/usr/local/share/pyfw/nothing.yaml"), Not(HasSubstr(" /usr/share/pyfw"))));
  EXPECT_THAT(read("usr/local/lib/systemd/system/pyfw.service"), HasSubstr("/usr/local/sbin/pyfw boot"));
  EXPECT_TRUE(fs::exists(folder.path() / "usr/local/share/zsh/site-functions/_pyfw"));
  EXPECT_EQ(fs::status(folder.path() / "var/lib/pyfw").permissions() & fs::perms::mask, fs::perms(0700));
  // Once more, over wishes that somebody wrote.
  ASSERT_EQ(pyfw::run({"/usr/bin/cp", "/dev/null", folder.path() / "etc/pyfw/wishes.yaml"})->status, 0);
  ASSERT_EQ(install().status, 0);
  EXPECT_EQ(read("etc/pyfw/wishes.yaml"), "");
}

}  // namespace
}  // namespace pyfw::package
