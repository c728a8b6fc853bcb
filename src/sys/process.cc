#include "sys/process.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <utility>

namespace pyfw {
namespace {

using Clock = std::chrono::steady_clock;

// A memfd holds a program's output better than a pipe: no thread to drain it, and no deadlock.
Result<Fd> memory_file(const char* name) {
  Fd fd(memfd_create(name, MFD_CLOEXEC));
  if (!fd.valid()) return system_error("memfd_create");
  return fd;
}

Result<std::string> contents(const Fd& fd) {
  auto size = lseek(fd.get(), 0, SEEK_END);
  if (size < 0) return system_error("lseek");
  std::string text(static_cast<std::size_t>(size), '\0');
  std::size_t done = 0;
  while (done < text.size()) {
    auto n = pread(fd.get(), text.data() + done, text.size() - done, static_cast<off_t>(done));
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return system_error("pread");
    done += static_cast<std::size_t>(n);
  }
  return text;
}

Result<Fd> input_file(std::string_view text) {
  if (text.empty()) {
    Fd fd(open("/dev/null", O_RDONLY | O_CLOEXEC));
    if (!fd.valid()) return system_error("open /dev/null");
    return fd;
  }
  TRY(auto fd, memory_file("input"));
  while (!text.empty()) {
    auto n = write(fd.get(), text.data(), text.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return system_error("write");
    text.remove_prefix(static_cast<std::size_t>(n));
  }
  if (lseek(fd.get(), 0, SEEK_SET) < 0) return system_error("lseek");
  return fd;
}

struct Exec {
  std::vector<char*> argv;
  std::vector<char*> environment;
  int input;
  int out;
  int err;
  const std::function<bool()>& in_child;
};

[[noreturn]] void become(const Exec& exec) {
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  signal(SIGPIPE, SIG_DFL);
  if (!exec.in_child()) _exit(126);
  if (dup2(exec.input, 0) < 0 || dup2(exec.out, 1) < 0 || dup2(exec.err, 2) < 0) _exit(126);
  execve(exec.argv[0], exec.argv.data(), exec.environment.data());
  _exit(127);
}

// Unlike fork, it leaves our pages alone: after a fork each of many megabytes costs a fault when it is
// written next.
Result<pid_t> spawn(const Exec& exec) {
  posix_spawn_file_actions_t files;
  posix_spawnattr_t attributes;
  posix_spawn_file_actions_init(&files);
  posix_spawnattr_init(&attributes);
  for (auto [from, to] : {std::pair(exec.input, 0), {exec.out, 1}, {exec.err, 2}})
    posix_spawn_file_actions_adddup2(&files, from, to);
  sigset_t signals;
  sigemptyset(&signals);
  posix_spawnattr_setsigmask(&attributes, &signals);
  sigaddset(&signals, SIGPIPE);
  posix_spawnattr_setsigdefault(&attributes, &signals);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  pid_t pid = -1;
  int error = posix_spawn(&pid, exec.argv[0], &files, &attributes, exec.argv.data(), exec.environment.data());
  posix_spawn_file_actions_destroy(&files);
  posix_spawnattr_destroy(&attributes);
  if (error != 0) return fail(fmt::format("can't run {}: {}", exec.argv[0], std::strerror(error)));
  return pid;
}

Result<pid_t> start_child(const Exec& exec) {
  if (!exec.in_child) return spawn(exec);
  pid_t pid = fork();
  if (pid < 0) return system_error("fork");
  if (pid == 0) become(exec);
  return pid;
}

Result<int> reap(pid_t pid) {
  int status = 0;
  while (waitpid(pid, &status, 0) < 0)
    if (errno != EINTR) return system_error("waitpid");
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

// Waits for the process by its pidfd, so that a time limit needs neither a signal nor a busy loop.
bool ends_in_time(pid_t pid, int timeout_ms) {
  Fd pidfd(static_cast<int>(syscall(SYS_pidfd_open, pid, 0)));
  auto deadline = Clock::now() + std::chrono::milliseconds(timeout_ms);
  while (pidfd.valid()) {
    auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now()).count();
    pollfd waiting{.fd = pidfd.get(), .events = POLLIN, .revents = 0};
    int ready = poll(&waiting, 1, static_cast<int>(std::max<long>(left, 0)));
    if (ready < 0 && errno == EINTR) continue;
    return ready > 0;
  }
  return true;
}

}  // namespace

std::vector<char*> pointers(std::vector<std::string>& words) {
  std::vector<char*> out;
  for (auto& word : words) out.push_back(word.data());
  out.push_back(nullptr);
  return out;
}

std::unexpected<Error> system_error(std::string_view what) {
  return fail(fmt::format("{}: {}", what, std::strerror(errno)));
}

Result<Process> Process::start(const std::vector<std::string>& argv, const RunOptions& options,
                               const Fd& input) {
  Process process;
  TRY(process.out_, memory_file("out"));
  TRY(process.err_, memory_file("err"));
  auto words = argv;
  std::vector<std::string> environment = {"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C"};
  environment.insert(environment.end(), options.environment.begin(), options.environment.end());
  process.program_ = argv[0];
  process.timeout_ms_ = options.timeout_ms;
  TRY(process.pid_, start_child({.argv = pointers(words),
                                 .environment = pointers(environment),
                                 .input = input.get(),
                                 .out = process.out_.get(),
                                 .err = process.err_.get(),
                                 .in_child = options.in_child}));
  return process;
}

Process::Process(Process&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)),
      program_(std::move(other.program_)),
      timeout_ms_(other.timeout_ms_),
      out_(std::move(other.out_)),
      err_(std::move(other.err_)) {}

Process::~Process() {
  if (pid_ < 0) return;
  kill(pid_, SIGKILL);
  while (waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
  }
}

void Process::be_patient(bool patient) const {
  constexpr int kPatient = 10;
  // Where that is not allowed, it just takes its share.
  if (pid_ > 0) (void)setpriority(PRIO_PROCESS, static_cast<id_t>(pid_), patient ? kPatient : 0);
}

Result<Outcome> Process::finish() && {
  bool in_time = ends_in_time(pid_, timeout_ms_);
  if (!in_time) kill(pid_, SIGKILL);
  TRY(int status, reap(std::exchange(pid_, -1)));
  if (!in_time) return fail(fmt::format("{} did not end within {} s", program_, timeout_ms_ / 1000));
  if (status == 127 && access(program_.c_str(), X_OK) != 0)
    return fail(fmt::format("can't run {}", program_));
  TRY(auto out, contents(out_));
  TRY(auto err, contents(err_));
  return Outcome{.status = status, .out = std::move(out), .err = std::move(err)};
}

Result<Outcome> run(const std::vector<std::string>& argv, const RunOptions& options) {
  TRY(auto input, input_file(options.input));
  TRY(auto process, Process::start(argv, options, input));
  return std::move(process).finish();
}

Result<std::string> find_program(std::string_view name) {
  for (std::string_view folder :
       {"/usr/sbin", "/usr/bin", "/sbin", "/bin", "/usr/local/sbin", "/usr/local/bin"}) {
    auto path = fmt::format("{}/{}", folder, name);
    if (access(path.c_str(), X_OK) == 0) return path;
  }
  return fail(fmt::format("{} is not installed", name),
              fmt::format("install the package '{}'", name.starts_with("ipset") ? "ipset" : "iptables"));
}

}  // namespace pyfw
