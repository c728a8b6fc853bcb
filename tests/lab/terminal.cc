#include "lab/terminal.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <filesystem>
#include <thread>

#include "base/strings.h"
#include "sys/process_stat.h"

namespace pyfw::lab {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

// A session's leader that has no terminal gets the first that it opens.
constexpr const char* kTakeTerminal = R"(exec <"$0" >"$0" 2>&1; exec "$@")";

Result<void> no_echo(const Fd& master) {
  termios settings{};
  if (tcgetattr(master.get(), &settings) != 0) return system_error("tcgetattr");
  settings.c_lflag &= ~static_cast<tcflag_t>(ECHO);
  if (tcsetattr(master.get(), TCSANOW, &settings) != 0) return system_error("tcsetattr");
  return {};
}

Result<pid_t> session_on(const Fd& master) {
  for (auto deadline = Clock::now() + 60s; Clock::now() < deadline; std::this_thread::sleep_for(5ms))
    if (auto session = tcgetsid(master.get()); session > 0) return session;
  return fail("no shell has taken the terminal");
}

// What can be read within the time; empty when nobody holds the other end.
Result<std::string> read_some(const Fd& master, Clock::time_point deadline) {
  auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now()).count();
  pollfd waiting{.fd = master.get(), .events = POLLIN, .revents = 0};
  int ready = poll(&waiting, 1, static_cast<int>(std::max<long>(left, 0)));
  if (ready == 0) return fail("the terminal has fallen silent");
  std::array<char, 4096> buffer{};
  auto size = read(master.get(), buffer.data(), buffer.size());
  if (size < 0 && errno != EIO) return system_error("read the terminal");
  return std::string(buffer.data(), static_cast<std::size_t>(std::max<ssize_t>(size, 0)));
}

}  // namespace

Result<Terminal> Terminal::open(const Host& host, const std::vector<std::string>& environment) {
  Fd master(posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC));
  std::array<char, 64> path{};
  if (!master.valid() || grantpt(master.get()) != 0 || unlockpt(master.get()) != 0 ||
      ptsname_r(master.get(), path.data(), path.size()) != 0)
    return system_error("can't open a terminal");
  TRY_VOID(no_echo(master));
  std::vector<std::string> variables = {"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C", "TERM=dumb",
                                        "PS1=$ "};
  variables.insert(variables.end(), environment.begin(), environment.end());
  TRY(auto leader, host.start({"/bin/sh", "-c", kTakeTerminal, path.data(), "/bin/bash", "--norc",
                               "--noprofile", "--noediting", "-i"},
                              variables));
  TRY(auto session, session_on(master));
  return Terminal(std::move(master), std::move(leader), session);
}

Result<void> Terminal::type(std::string_view line) const {
  auto text = std::string(line) + '\n';
  if (write(master_.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size()))
    return system_error("write to the terminal");
  return {};
}

Result<std::string> Terminal::read_until(std::string_view text, int timeout_ms) {
  auto deadline = Clock::now() + std::chrono::milliseconds(timeout_ms);
  while (true) {
    if (auto found = heard_.find(text); found != std::string::npos) {
      auto rest = heard_.substr(found + text.size());
      heard_.resize(found + text.size());
      return std::exchange(heard_, std::move(rest));
    }
    auto more = read_some(master_, deadline);
    if (!more || more->empty())
      return fail(fmt::format("{} before it said '{}', but: {}",
                              more ? "the session ended" : more.error().message, text, heard_));
    heard_ += *more;
  }
}

Result<std::string> Terminal::read_to_end(int timeout_ms) {
  auto deadline = Clock::now() + std::chrono::milliseconds(timeout_ms);
  while (true) {
    TRY(auto more, read_some(master_, deadline));
    if (more.empty()) return std::exchange(heard_, {});
    heard_ += more;
  }
}

std::vector<pid_t> Terminal::processes() const {
  std::vector<pid_t> found;
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    auto pid = parse_number(entry.path().filename().string());
    auto stat = pid ? read_process_stat(static_cast<pid_t>(*pid)) : std::nullopt;
    if (stat && stat->session == session_ && stat->state != 'Z') found.push_back(stat->pid);
  }
  return found;
}

void Terminal::signal_session(int signal_number) const {
  for (auto pid : processes()) kill(pid, signal_number);
}

Result<void> Terminal::kill_session() const {
  for (auto deadline = Clock::now() + 60s; Clock::now() < deadline; std::this_thread::sleep_for(5ms)) {
    if (processes().empty()) return {};
    signal_session(SIGKILL);
  }
  return fail("a session does not end");
}

}  // namespace pyfw::lab
