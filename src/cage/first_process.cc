#include "cage/first_process.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/sched.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "sys/process.h"

namespace pyfw {
namespace {

// The users outside that the cage's are, from its root on, when we are root: ones that no system gives to
// anybody, so that nothing is theirs. A container has often only the first 65536, and then the root alone.
// Rules of `-m owner` need the others: of a user that there is not in its namespace the kernel takes none.
struct Users {
  unsigned first = 0;
  unsigned count = 1;
};
constexpr std::array kNobodies = {Users{.first = 2147418112U, .count = 65'536}, Users{.first = 65534U}};

Result<void> write_proc(pid_t pid, const char* name, const std::string& text) {
  auto path = fmt::format("/proc/{}/{}", pid, name);
  Fd fd(open(path.c_str(), O_WRONLY | O_CLOEXEC));
  if (!fd.valid() || write(fd.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size()))
    return system_error("write " + path);
  return {};
}

Result<unsigned> map_ids(pid_t pid) {
  if (geteuid() != 0) {
    TRY_VOID(write_proc(pid, "setgroups", "deny"));
    TRY_VOID(write_proc(pid, "uid_map", fmt::format("0 {} 1\n", geteuid())));
    TRY_VOID(write_proc(pid, "gid_map", fmt::format("0 {} 1\n", getegid())));
    return geteuid();
  }
  Result<void> mapped;
  for (auto users : kNobodies) {
    auto map = fmt::format("0 {} {}\n", users.first, users.count);
    mapped = write_proc(pid, "uid_map", map);
    if (!mapped) continue;
    TRY_VOID(write_proc(pid, "gid_map", map));
    return users.first;
  }
  return std::unexpected(mapped.error());
}

struct Pair {
  Fd first;
  Fd second;
};

Result<Pair> socket_pair() {
  std::array<int, 2> fds{};
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds.data()) != 0)
    return system_error("socketpair");
  return Pair{.first = Fd(fds[0]), .second = Fd(fds[1])};
}

Result<Pair> output_pipe() {
  std::array<int, 2> fds{};
  if (pipe2(fds.data(), O_CLOEXEC) != 0) return system_error("pipe2");
  return Pair{.first = Fd(fds[0]), .second = Fd(fds[1])};
}

}  // namespace

Result<FirstProcess> FirstProcess::start(Inside inside) {
  TRY(auto words, socket_pair());
  TRY(auto output, output_pipe());
  inside.parent = words.second.get();
  inside.output = output.second.get();
  clone_args arguments{};
  arguments.flags =
      CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWCGROUP;
  arguments.exit_signal = SIGCHLD;
  FirstProcess process;
  process.pid_ = static_cast<pid_t>(syscall(SYS_clone3, &arguments, sizeof(arguments)));
  if (process.pid_ == 0) live_inside(inside);
  if (process.pid_ < 0)
    return fail(fmt::format("the system lets us make no user namespace: {}", std::strerror(errno)),
                "user.max_user_namespaces may forbid it, or what runs this container");
  process.words_ = std::move(words.first);
  process.output_ = std::move(output.first);
  TRY(auto owner, map_ids(process.pid_));
  // So that the script can open it anew, as /dev/stderr.
  (void)!fchown(output.second.get(), owner, owner);
  TRY_VOID(process.go_on());
  return process;
}

FirstProcess::~FirstProcess() {
  if (pid_ < 0) return;
  kill(pid_, SIGKILL);
  while (waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
  }
}

Result<void> FirstProcess::go_on() const {
  // Where it is gone, its last word says why.
  if (send(words_.get(), "g", 1, MSG_NOSIGNAL) != 1 && errno != EPIPE) return system_error("send");
  return {};
}

}  // namespace pyfw
