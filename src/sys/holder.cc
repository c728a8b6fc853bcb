#include "sys/holder.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string_view>

#include "base/fd.h"
#include "base/strings.h"
#include "sys/process.h"

namespace pyfw {
namespace {

constexpr const char* kSystemdRuns = "/run/systemd/system";
constexpr int kSystemdTimeout = 20'000;
constexpr int kReport = 3;

// systemd puts variables in where it sees a dollar.
std::string without_variables(std::string_view word) {
  std::string out;
  for (char c : word) out += c == '$' ? "$$" : std::string(1, c);
  return out;
}

bool systemd_runs() {
  struct stat folder{};
  return lstat(kSystemdRuns, &folder) == 0 && S_ISDIR(folder.st_mode);
}

Result<void> start_unit(const std::vector<std::string>& argv, const HolderName& name) {
  auto systemd_run = find_program("systemd-run");
  if (!systemd_run) return fail("systemd-run is not installed");
  TRY(auto outcome, run(unit_command(*systemd_run, argv, name), {.timeout_ms = kSystemdTimeout}));
  if (outcome.status == 0) return {};
  auto why = trim(outcome.err);
  return fail(fmt::format("systemd-run gave status {}{}{}", outcome.status, why.empty() ? "" : ": ", why));
}

struct Exec {
  std::vector<char*> argv;
  std::vector<char*> environment;
  int report;  // hears the errno of what fails; closes when the program runs
};

[[noreturn]] void give_up(int report) {
  int why = errno;
  [[maybe_unused]] auto sent = write(report, &why, sizeof why);
  _exit(126);
}

// The last that is to go when memory runs short. Best effort, since it takes a capability.
void be_spared_by_the_kernel() {
  constexpr std::string_view kScore = "-900";
  int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
  if (fd < 0) return;
  [[maybe_unused]] auto written = write(fd, kScore.data(), kScore.size());
  close(fd);
}

// What a terminal, a shell or a logout sends to a session. An ignored signal stays ignored in the program.
void ignore_what_ends_sessions() {
  for (int number : {SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGPIPE, SIGTSTP, SIGTTIN, SIGTTOU, SIGUSR1, SIGUSR2})
    signal(number, SIG_IGN);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
}

[[noreturn]] void become(const Exec& exec) {
  ignore_what_ends_sessions();
  be_spared_by_the_kernel();
  umask(077);
  if (chdir("/") != 0) give_up(exec.report);
  // A stream of the session that stays open would keep ssh from ending it.
  int null = open("/dev/null", O_RDWR);
  if (null < 0) give_up(exec.report);
  for (int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
    if (dup2(null, stream) < 0) give_up(exec.report);
  if (exec.report != kReport && dup2(exec.report, kReport) < 0) give_up(exec.report);
  if (fcntl(kReport, F_SETFD, FD_CLOEXEC) != 0 || close_range(kReport + 1, ~0U, 0) != 0) give_up(kReport);
  execve(exec.argv[0], exec.argv.data(), exec.environment.data());
  give_up(kReport);
}

// A session of its own, which its leader leaves at once: without a leader it never gets a terminal.
[[noreturn]] void leave_session(const Exec& exec) {
  if (setsid() < 0) give_up(exec.report);
  pid_t holder = fork();
  if (holder < 0) give_up(exec.report);
  if (holder == 0) become(exec);
  _exit(0);
}

Result<void> start_process(const std::vector<std::string>& argv) {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) return system_error("pipe2");
  Fd hear(ends[0]);
  // Above the standard streams and its later number, also where our own are closed.
  Fd report(fcntl(ends[1], F_DUPFD_CLOEXEC, kReport));
  close(ends[1]);
  if (!report.valid()) return system_error("fcntl");
  auto words = argv;
  std::vector<std::string> environment = {"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C"};
  Exec exec{.argv = pointers(words), .environment = pointers(environment), .report = report.get()};
  pid_t pid = fork();
  if (pid < 0) return system_error("fork");
  if (pid == 0) leave_session(exec);
  report.close();
  while (waitpid(pid, nullptr, 0) < 0 && errno == EINTR) {
  }
  int why = 0;
  ssize_t size = 0;
  while ((size = read(hear.get(), &why, sizeof why)) < 0 && errno == EINTR) {
  }
  if (size == 0) return {};
  errno = size == sizeof why ? why : EIO;
  return system_error("can't start " + argv[0]);
}

}  // namespace

std::vector<std::string> unit_command(std::string_view systemd_run, const std::vector<std::string>& argv,
                                      const HolderName& name) {
  std::vector<std::string> command = {
      std::string(systemd_run),
      "--collect",
      "--quiet",
      "--no-ask-password",
      "--unit=" + name.unit,
      "--description=" + name.description,
      // Not done before the program runs.
      "--property=Type=exec",
      "--property=Restart=no",
      // What the program is about to undo when the machine goes down may come to its end.
      "--property=KillMode=mixed",
      // It ignores the signal by which it is asked to end, and no shutdown must wait long for that.
      "--property=TimeoutStopSec=10s",
      // `systemctl isolate` ends what is not part of its target.
      "--property=IgnoreOnIsolate=yes",
      "--property=StandardInput=null",
      "--property=OOMScoreAdjust=-900",
      "--property=UMask=0077",
      "--",
  };
  for (const auto& word : argv) command.push_back(without_variables(word));
  return command;
}

Result<Holder> start_holder(const std::vector<std::string>& argv, const HolderName& name) {
  if (!systemd_runs()) {
    TRY_VOID(start_process(argv));
    return Holder{.by = HeldBy::kItself};
  }
  auto unit = start_unit(argv, name);
  if (unit) return Holder{.by = HeldBy::kSystemd};
  TRY_VOID(start_process(argv));
  return Holder{.by = HeldBy::kItself, .remark = unit.error().message};
}

}  // namespace pyfw
