#include "watch/watching.h"

#include <fmt/format.h>
#include <signal.h>

#include "base/strings.h"

namespace pyfw::netns {

void WatchTest::apply_for_good(const std::vector<std::string>& options) const {
  std::vector<std::string> arguments = {"apply"};
  arguments.insert(arguments.end(), options.begin(), options.end());
  auto run = pyfw(arguments);
  ASSERT_EQ(run.status, 0) << run.out << run.err;
}

void WatchTest::start_watch(const std::vector<std::string>& options) {
  std::vector<std::string> argv = {PYFW_PROGRAM, "watch"};
  argv.insert(argv.end(), options.begin(), options.end());
  sh("rm -f /var/lib/pyfw/*/daemon");
  auto started = host().start(argv);
  ASSERT_TRUE(started) << started.error().message;
  watch_.emplace(std::move(*started));
  // It notes itself behind its first look.
  wait_until([&] { return !kept(kDaemonNoteName).empty() || !watch_->running(); });
  ASSERT_TRUE(watch_->running()) << watch_->said();
}

void WatchTest::stop_watch(int signal_number) {
  auto stopped = watch_->stop(signal_number);
  EXPECT_TRUE(stopped) << stopped.error().message << watch_->said();
}

void WatchTest::kill_watch() {
  ASSERT_TRUE(watch_->stop(SIGKILL));
  watch_.reset();
}

bool WatchTest::is_held() const { return pyfw({"plan"}).status == 0; }

void WatchTest::expect_held() const {
  Outcome plan;
  // Without Docker's answer it is of another host that it says nothing has to be done.
  auto is_held_for_sure = [&] {
    plan = pyfw({"plan"});
    return plan.status == 0 &&
           plan.err.find("Docker does not answer: it takes too long") == std::string::npos;
  };
  try {
    wait_until(is_held_for_sure);
  } catch (const std::runtime_error& late) {
    ADD_FAILURE() << late.what() << ": " << note().standing << "\n" << plan.out << plan.err << log();
  }
}

std::string WatchTest::log() const { return watch_ ? watch_->said() : ""; }

std::vector<std::string> WatchTest::log_lines() const {
  std::vector<std::string> lines;
  auto said = log();
  for (auto line : split(said, '\n'))
    if (!line.empty()) lines.emplace_back(line);
  return lines;
}

void WatchTest::wait_for_log(std::string_view words) const {
  wait_until([&] { return log().find(words) != std::string::npos || !is_watching(); });
  EXPECT_THAT(log(), testing::HasSubstr(std::string(words)));
}

std::string WatchTest::kept(std::string_view name) const {
  return sh(fmt::format("cat /var/lib/pyfw/*/{} 2>/dev/null || true", name));
}

History WatchTest::history() const {
  auto text = kept(kHistoryName);
  if (text.empty()) return {};
  auto history = parse_history(text);
  EXPECT_TRUE(history) << text;
  return history.value_or(History());
}

DaemonNote WatchTest::note() const {
  auto note = parse_daemon_note(kept(kDaemonNoteName));
  EXPECT_TRUE(note);
  return note.value_or(DaemonNote());
}

}  // namespace pyfw::netns
