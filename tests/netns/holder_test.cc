// What a session leaves behind when it is hung up or killed, on a real terminal.

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <chrono>
#include <functional>
#include <optional>
#include <thread>

#include "base/strings.h"
#include "lab/host.h"
#include "lab/terminal.h"

namespace pyfw::netns {
namespace {

using testing::HasSubstr;

constexpr auto kHeldByItself = "held by itself; \r\n";

// Says what it is like, waits until it may, and then does its work. In parentheses, since the shell itself
// would redirect its own streams for the while.
constexpr auto kScript = R"(
echo $$ >/run/pid
(ls /proc/$$/fd >/run/descriptors)
(readlink /proc/$$/fd/0 /proc/$$/fd/1 /proc/$$/fd/2 /proc/$$/cwd >/run/links)
env >/run/environment
cut -d' ' -f7 /proc/$$/stat >/run/terminal
touch /run/holds
while ! test -e /run/go; do sleep 0.02; done
echo held >/run/done
)";

class HeldThrough : public testing::Test {
 protected:
  void SetUp() override {
    auto lab = lab::Lab::open();
    if (!lab) GTEST_SKIP() << lab.error().message;
    lab_.emplace(std::move(*lab));
    host_.emplace(lab_->add_host("host").value());
    ASSERT_TRUE(host_->write_file("/run/script", kScript));
    terminal_.emplace(lab::Terminal::open(*host_).value());
  }

  std::string sh(const std::string& script) const {
    return host_->output({"/bin/sh", "-ec", script}).value();
  }
  [[nodiscard]] bool exists(const std::string& path) const {
    return sh("ls /run").find(path) != std::string::npos;
  }
  static void wait_until(const std::function<bool()>& holds) {
    using namespace std::chrono_literals;
    auto deadline = std::chrono::steady_clock::now() + 60s;
    while (!holds()) {
      ASSERT_LT(std::chrono::steady_clock::now(), deadline) << "a minute was not enough";
      std::this_thread::sleep_for(10ms);
    }
  }

  // Types the command line of a holder that runs the script; what the holder's starter said.
  std::string hold(const std::string& redirections = {}) {
    // Not by the script's name: the shell would keep it open.
    auto line = fmt::format("{} pyfw-test /bin/sh -c \"$(cat /run/script)\" {}; echo status=$?",
                            PYFW_HOLD_PROGRAM, redirections);
    EXPECT_TRUE(terminal().type(line));
    auto said = terminal().read_until("status=0\r\n");
    EXPECT_TRUE(said) << said.error().message;
    wait_until([this] { return exists("holds"); });
    return said.value_or("");
  }
  void expect_still_held() const {
    EXPECT_FALSE(exists("done"));
    sh("touch /run/go");
    wait_until([this] { return exists("done"); });
  }
  void expect_no_session() const {
    wait_until([this] { return terminal_->processes().empty(); });
  }
  // A systemd that does this when it is asked to run a program.
  void pretend_systemd(const std::string& script) const {
    ASSERT_TRUE(host_->write_file("/run/systemd-run", "#!/bin/sh\n" + script + "\n"));
    sh("mkdir -p /run/systemd/system; chmod +x /run/systemd-run; if test -e /usr/bin/systemd-run; then mount "
       "--bind "
       "/run/systemd-run /usr/bin/systemd-run; else mount -t tmpfs none /usr/local/sbin; cp /run/systemd-run "
       "/usr/local/sbin/; fi");
  }

  lab::Terminal& terminal() { return *terminal_; }

  std::optional<lab::Lab> lab_;
  std::optional<lab::Host> host_;
  std::optional<lab::Terminal> terminal_;
};

TEST_F(HeldThrough, AHungUpTerminal) {
  EXPECT_THAT(hold(), HasSubstr(kHeldByItself));
  terminal().hang_up();
  expect_no_session();
  expect_still_held();
}

TEST_F(HeldThrough, SigtermToEachProcessOfTheSession) {
  hold();
  ASSERT_TRUE(terminal().type("sleep 1000 & cat"));
  wait_until([this] { return terminal_->processes().size() >= 3; });
  terminal().signal_session(SIGTERM);
  expect_still_held();
}

TEST_F(HeldThrough, SigkillToEachProcessOfTheSession) {
  hold();
  ASSERT_TRUE(terminal().kill_session());
  expect_no_session();
  expect_still_held();
}

TEST_F(HeldThrough, SignalsToItself) {
  hold();
  for (const char* signal : {"HUP", "INT", "QUIT", "TERM", "PIPE", "TSTP", "TTOU"})
    sh(fmt::format("kill -{} $(cat /run/pid)", signal));
  expect_still_held();
}

TEST_F(HeldThrough, ALogoutThatDoesNotHang) {
  hold();
  ASSERT_TRUE(terminal().type("exit"));
  auto said = terminal().read_to_end();
  EXPECT_TRUE(said) << said.error().message;
  expect_still_held();
}

TEST_F(HeldThrough, NothingOfTheSessionIsKept) {
  ASSERT_TRUE(terminal().type("cd /usr; export SECRET=1; exec 5</etc/passwd 9>/dev/tty"));
  hold();
  EXPECT_EQ(sh("cat /run/descriptors"), "0\n1\n2\n");
  EXPECT_EQ(sh("cat /run/links"), "/dev/null\n/dev/null\n/dev/null\n/\n");
  EXPECT_EQ(sh("cat /run/terminal"), "0\n");
  EXPECT_THAT(sh("cat /run/environment"), testing::Not(HasSubstr("SECRET")));
}

TEST_F(HeldThrough, ClosedStandardStreams) {
  hold("<&- >&- 2>&-");
  EXPECT_EQ(sh("cat /run/descriptors"), "0\n1\n2\n");
  expect_still_held();
}

TEST_F(HeldThrough, ASystemdThatRefuses) {
  pretend_systemd("echo 'Failed to connect to bus' >&2; exit 1");
  EXPECT_THAT(hold(), HasSubstr("held by itself; systemd-run gave status 1: Failed to connect to bus\r\n"));
  ASSERT_TRUE(terminal().kill_session());
  expect_still_held();
}

TEST_F(HeldThrough, ASystemdThatTakesIt) {
  pretend_systemd(R"(printf '%s\n' "$@" >/run/asked; touch /run/holds)");
  EXPECT_THAT(hold(), HasSubstr("held by systemd; \r\n"));
  EXPECT_THAT(sh("cat /run/asked"), HasSubstr("--unit=pyfw-test\n"));
  EXPECT_FALSE(exists("pid"));  // not once more by itself
}

class Holder : public HeldThrough {};

TEST_F(Holder, AProgramThatCanNotBeStartedIsAnError) {
  ASSERT_TRUE(terminal().type(fmt::format("{} x /nowhere/pyfw", PYFW_HOLD_PROGRAM)));
  auto said = terminal().read_until("\r\n");
  ASSERT_TRUE(said) << said.error().message;
  EXPECT_THAT(*said, HasSubstr("failed: can't start /nowhere/pyfw: No such file or directory"));
}

}  // namespace
}  // namespace pyfw::netns
