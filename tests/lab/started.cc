#include "lab/started.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "sys/process.h"

namespace pyfw::lab {
namespace {

struct Exec {
  std::vector<char*> argv;
  std::vector<char*> environment;
  int null;
  int log;
  int report;
  const std::function<bool()>& enter;
};

// A message from the program itself: the kernel adds its pid as the receiver's pid namespace counts.
[[noreturn]] void become(const Exec& exec) {
  setsid();
  for (int number : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE}) signal(number, SIG_DFL);
  if (send(exec.report, "", 1, MSG_NOSIGNAL) != 1) _exit(126);
  if (dup2(exec.null, 0) < 0 || dup2(exec.log, 1) < 0 || dup2(exec.log, 2) < 0) _exit(126);
  close_range(3, ~0U, 0);
  execve(exec.argv[0], exec.argv.data(), exec.environment.data());
  _exit(127);
}

// Three generations: entering a pid namespace takes effect for the next process; that one's end hands
// its child, the program, over to the first process of the namespace.
[[noreturn]] void launch(const Exec& exec) {
  if (!exec.enter()) _exit(126);
  pid_t inside = fork();
  if (inside == 0) {
    pid_t program = fork();
    if (program == 0) become(exec);
    _exit(program > 0 ? 0 : 126);
  }
  waitpid(inside, nullptr, 0);
  _exit(0);
}

Result<pid_t> hear_pid(int socket, const std::string& name) {
  char byte = 0;
  iovec data{.iov_base = &byte, .iov_len = 1};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(ucred))> control{};
  msghdr message{};
  message.msg_iov = &data;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  const cmsghdr* header = nullptr;
  if (recvmsg(socket, &message, 0) == 1) header = CMSG_FIRSTHDR(&message);
  if (header == nullptr || header->cmsg_type != SCM_CREDENTIALS)
    return fail(fmt::format("can't start {} in the lab", name));
  ucred credentials{};
  std::memcpy(&credentials, CMSG_DATA(header), sizeof credentials);
  return credentials.pid;
}

}  // namespace

Result<Started> Started::start(const std::vector<std::string>& argv,
                               const std::vector<std::string>& environment,
                               const std::function<bool()>& enter) {
  std::array<int, 2> ends{};
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) != 0)
    return system_error("socketpair");
  Fd hear(ends[0]);
  Fd tell(ends[1]);
  int on = 1;
  if (setsockopt(hear.get(), SOL_SOCKET, SO_PASSCRED, &on, sizeof on) != 0)
    return system_error("SO_PASSCRED");
  Fd log(memfd_create("log", MFD_CLOEXEC));
  Fd null(open("/dev/null", O_RDONLY | O_CLOEXEC));
  if (!log.valid() || !null.valid()) return system_error("memfd_create");
  auto words = argv;
  auto variables = environment;
  Exec exec{.argv = pointers(words),
            .environment = pointers(variables),
            .null = null.get(),
            .log = log.get(),
            .report = tell.get(),
            .enter = enter};
  pid_t launcher = fork();
  if (launcher < 0) return system_error("fork");
  if (launcher == 0) launch(exec);
  tell.close();
  auto pid = hear_pid(hear.get(), argv[0]);
  waitpid(launcher, nullptr, 0);
  if (!pid) return std::unexpected(pid.error());
  Fd process(static_cast<int>(syscall(SYS_pidfd_open, *pid, 0)));
  if (!process.valid()) return system_error("pidfd_open");
  return Started(std::move(process), std::move(log));
}

Started::~Started() {
  if (!process_.valid()) return;
  send(SIGKILL);
  [[maybe_unused]] bool ended = ended_within(5'000);
}

void Started::send(int signal_number) const {
  syscall(SYS_pidfd_send_signal, process_.get(), signal_number, nullptr, 0);
}

bool Started::ended_within(int timeout_ms) const {
  pollfd waiting{.fd = process_.get(), .events = POLLIN, .revents = 0};
  int ready = 0;
  while ((ready = poll(&waiting, 1, timeout_ms)) < 0 && errno == EINTR) continue;
  return ready > 0;
}

Result<void> Started::stop(int signal_number, int timeout_ms) const {
  send(signal_number);
  if (ended_within(timeout_ms)) return {};
  send(SIGKILL);
  return fail(
      fmt::format("a program did not end within {} s of signal {}", timeout_ms / 1000, signal_number));
}

std::string Started::said() const {
  std::string text;
  std::array<char, 4096> buffer{};
  ssize_t n = 0;
  while ((n = pread(log_.get(), buffer.data(), buffer.size(), static_cast<off_t>(text.size()))) > 0)
    text.append(buffer.data(), static_cast<std::size_t>(n));
  return text;
}

}  // namespace pyfw::lab
