// Somebody at a terminal of a host: a shell on a pty, in a session of its own, that can be typed to, hung up
// and killed.
//
//   TRY(auto terminal, Terminal::open(host));
//   TRY_VOID(terminal.type("pyfw apply --confirm-within 60s; echo status=$?"));
//   TRY(auto said, terminal.read_until("status=0"));
//   terminal.hang_up();                              // all that is left gets a SIGHUP

#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/fd.h"
#include "lab/host.h"
#include "lab/started.h"

namespace pyfw::lab {

class Terminal {
 public:
  // Waits until the shell has the terminal. Nothing that is typed is echoed.
  static Result<Terminal> open(const Host& host, const std::vector<std::string>& environment = {});
  Terminal(Terminal&&) = default;
  Terminal& operator=(Terminal&&) = default;
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;
  ~Terminal() = default;

  Result<void> type(std::string_view line) const;
  // What has been said since the last time, up to and with that text.
  Result<std::string> read_until(std::string_view text, int timeout_ms = 60'000);
  // Waits until nobody holds the terminal any more, as sshd does before it ends a session. What was said
  // until then.
  Result<std::string> read_to_end(int timeout_ms = 60'000);

  // As when the connection breaks.
  void hang_up() { master_.close(); }
  // Sends the signal to each process of the session, whatever its process group, once.
  void signal_session(int signal_number) const;
  // Kills them, until there is none.
  Result<void> kill_session() const;
  // Processes that are still in the session.
  [[nodiscard]] std::vector<pid_t> processes() const;

 private:
  Terminal(Fd master, Started leader, pid_t session)
      : master_(std::move(master)), leader_(std::move(leader)), session_(session) {}

  Fd master_;
  Started leader_;
  pid_t session_;  // as this process numbers it
  std::string heard_{};
};

}  // namespace pyfw::lab
