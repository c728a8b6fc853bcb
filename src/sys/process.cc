#include "sys/process.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>

#include "base/fd.h"

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
  if (exec.in_child && !exec.in_child()) _exit(126);
  if (dup2(exec.input, 0) < 0 || dup2(exec.out, 1) < 0 || dup2(exec.err, 2) < 0) _exit(126);
  execve(exec.argv[0], exec.argv.data(), exec.environment.data());
  _exit(127);
}

std::vector<char*> pointers(std::vector<std::string>& words) {
  std::vector<char*> out;
  for (auto& word : words) out.push_back(word.data());
  out.push_back(nullptr);
  return out;
}

// Waits for the process by its pidfd, so that a time limit needs neither a signal nor a busy loop.
Result<int> wait_for(pid_t pid, int timeout_ms, const std::string& name) {
  Fd pidfd(static_cast<int>(syscall(SYS_pidfd_open, pid, 0)));
  auto deadline = Clock::now() + std::chrono::milliseconds(timeout_ms);
  bool in_time = true;
  while (pidfd.valid()) {
    auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now()).count();
    pollfd waiting{.fd = pidfd.get(), .events = POLLIN, .revents = 0};
    int ready = poll(&waiting, 1, static_cast<int>(std::max<long>(left, 0)));
    if (ready < 0 && errno == EINTR) continue;
    in_time = ready > 0;
    break;
  }
  if (!in_time) kill(pid, SIGKILL);
  int status = 0;
  while (waitpid(pid, &status, 0) < 0)
    if (errno != EINTR) return system_error("waitpid");
  if (!in_time) return fail(fmt::format("{} did not end within {} s", name, timeout_ms / 1000));
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace

std::unexpected<Error> system_error(std::string_view what) {
  return fail(fmt::format("{}: {}", what, std::strerror(errno)));
}

Result<Outcome> run(const std::vector<std::string>& argv, const RunOptions& options) {
  TRY(auto input, input_file(options.input));
  TRY(auto out, memory_file("out"));
  TRY(auto err, memory_file("err"));
  auto words = argv;
  std::vector<std::string> environment = {"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C"};
  environment.insert(environment.end(), options.environment.begin(), options.environment.end());
  Exec exec{.argv = pointers(words),
            .environment = pointers(environment),
            .input = input.get(),
            .out = out.get(),
            .err = err.get(),
            .in_child = options.in_child};
  pid_t pid = fork();
  if (pid < 0) return system_error("fork");
  if (pid == 0) become(exec);
  TRY(int status, wait_for(pid, options.timeout_ms, argv[0]));
  if (status == 127 && access(argv[0].c_str(), X_OK) != 0) return fail(fmt::format("can't run {}", argv[0]));
  TRY(auto out_text, contents(out));
  TRY(auto err_text, contents(err));
  return Outcome{.status = status, .out = std::move(out_text), .err = std::move(err_text)};
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
