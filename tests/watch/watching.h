// A host on which wishes were applied, and the daemon that holds them.
//
//   wish(kWishes);
//   apply_for_good();
//   start_watch();
//   sh("iptables -F FORWARD");
//   expect_held();                 // after a while

#pragma once

#include <signal.h>

#include <optional>
#include <string>
#include <vector>

#include "keep/daemon_note.h"
#include "keep/history.h"
#include "netns/live.h"

namespace pyfw::netns {

class WatchTest : public LiveTest {
 protected:
  // `pyfw apply`; fails the test unless it ends well.
  void apply_for_good(const std::vector<std::string>& options = {}) const;
  // Returns when it has looked at the host.
  void start_watch(const std::vector<std::string>& options = {});
  // Fails the test unless it ends by itself.
  void stop_watch(int signal_number = SIGTERM);
  void kill_watch();

  // `pyfw plan` finds nothing to do, now or after a while.
  void expect_held() const;
  [[nodiscard]] bool is_held() const;
  [[nodiscard]] std::string log() const;
  [[nodiscard]] std::vector<std::string> log_lines() const;
  void wait_for_log(std::string_view words) const;
  // As the daemon keeps them: about a second late.
  [[nodiscard]] History history() const;
  [[nodiscard]] DaemonNote note() const;
  [[nodiscard]] bool is_watching() const { return watch_ && watch_->running(); }

 private:
  [[nodiscard]] std::string kept(std::string_view name) const;

  std::optional<lab::Started> watch_;
};

}  // namespace pyfw::netns
