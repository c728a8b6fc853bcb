#include "lab/keeper.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <string_view>

#include "lab/cgroups.h"
#include "lab/namespaces.h"
#include "sys/process.h"

namespace pyfw::lab {
namespace {

// A signal handler reaches only globals. It ends every lab of this process, waits until the keepers are
// done, and then lets the signal do what it would have done.
struct Lifeline {
  std::atomic<int> socket = -1;
  std::atomic<pid_t> keeper = 0;
};
std::array<Lifeline, 32> lifelines;

// shutdown() rather than close(): a forked child may hold a copy of the socket.
void end(Lifeline& lifeline) {
  int socket = lifeline.socket.exchange(-1);
  if (socket < 0) return;
  shutdown(socket, SHUT_RDWR);
  pid_t keeper = lifeline.keeper.load();
  while (waitpid(keeper, nullptr, 0) < 0 && errno == EINTR) continue;
  close(socket);
}

void end_all(int signal_number) {
  for (auto& lifeline : lifelines) end(lifeline);
  signal(signal_number, SIG_DFL);
  raise(signal_number);
}

void handle_signals() {
  for (int number : {SIGINT, SIGTERM, SIGHUP, SIGQUIT}) {
    struct sigaction before{};
    sigaction(number, nullptr, &before);
    if (before.sa_handler == SIG_DFL) signal(number, end_all);
  }
}

Result<std::size_t> free_slot() {
  for (std::size_t i = 0; i < lifelines.size(); ++i)
    if (lifelines[i].socket < 0) return i;
  return fail(fmt::format("one process can hold {} labs, not more", lifelines.size()));
}

void say(int socket, std::string_view message) {
  [[maybe_unused]] auto sent = send(socket, message.data(), message.size(), MSG_NOSIGNAL);
}

[[noreturn]] void give_up(int socket, const char* what) {
  say(socket, fmt::format("{}: {}", what, std::strerror(errno)));
  _exit(1);
}

// The first process of the pid namespace: it reaps orphans (by ignoring SIGCHLD) until it is killed.
[[noreturn]] void be_first_process(int socket) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  signal(SIGCHLD, SIG_IGN);
  if (unshare(CLONE_NEWNS) != 0) give_up(socket, "can't make a mount namespace");
  if (mount("", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0)
    give_up(socket, "can't make mounts private");
  if (mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, nullptr) != 0)
    give_up(socket, "can't mount /proc");
  say(socket, "ready");
  for (;;) pause();
}

void wait_for_the_end(int socket) {
  char byte = 0;
  ssize_t n = 0;
  while ((n = recv(socket, &byte, 1, 0)) > 0 || (n < 0 && errno == EINTR)) continue;
}

// The first process ends after all others of its namespace were waited for. One that the lab's process
// had entered from outside is waited for by its own parent, so a limit.
void wait_a_while_for(pid_t first) {
  for (int attempt = 0; attempt < 200 && waitpid(first, nullptr, WNOHANG) == 0; ++attempt) usleep(10'000);
}

[[noreturn]] void keep(int socket) {
  setsid();  // a Ctrl-C at the terminal is for the lab's process alone
  for (int number : {SIGINT, SIGTERM, SIGHUP, SIGQUIT}) signal(number, SIG_IGN);
  int null = open("/dev/null", O_RDWR);
  for (int stream : {0, 1, 2}) dup2(null, stream);
  dup2(socket, 3);
  close_range(4, ~0U, 0);
  remove_stale_cgroups();
  if (unshare(CLONE_NEWPID) != 0) give_up(3, "can't make a pid namespace");
  pid_t first = fork();
  if (first < 0) give_up(3, "fork");
  if (first == 0) be_first_process(3);
  say(3, fmt::format("pid {}", first));
  wait_for_the_end(3);
  kill(first, SIGKILL);
  remove_cgroups_of(getpid());
  wait_a_while_for(first);
  _exit(0);
}

Result<std::string> hear(int socket) {
  std::array<char, 256> buffer{};
  auto n = recv(socket, buffer.data(), buffer.size(), 0);
  if (n <= 0) return fail("the lab's keeper ended early");
  return std::string(buffer.data(), static_cast<std::size_t>(n));
}

}  // namespace

Keeper::Keeper(int lifeline, pid_t keeper) : slot_(*free_slot()), keeper_(keeper) {
  lifelines[slot_].keeper = keeper;
  lifelines[slot_].socket = lifeline;
}

Keeper::Keeper(Keeper&& other) noexcept
    : slot_(std::exchange(other.slot_, lifelines.size())),
      keeper_(other.keeper_),
      first_(other.first_),
      pid_namespace_(std::move(other.pid_namespace_)),
      mount_namespace_(std::move(other.mount_namespace_)) {}

Keeper::~Keeper() {
  if (slot_ < lifelines.size()) end(lifelines[slot_]);
}

std::string Keeper::cgroup() const { return "/" + cgroup_name(keeper_); }

Result<Keeper> Keeper::start() {
  if (geteuid() != 0) return fail("network namespaces and Docker need root");
  TRY_VOID(free_slot());
  std::array<int, 2> ends{};
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) != 0)
    return system_error("socketpair");
  pid_t pid = fork();
  if (pid < 0) return system_error("fork");
  if (pid == 0) keep(ends[1]);
  close(ends[1]);
  Keeper keeper(ends[0], pid);
  handle_signals();
  // Two messages, in whichever order: the number of the first process, and that it is ready.
  for (int i = 0; i < 2; ++i) {
    TRY(auto message, hear(ends[0]));
    if (message.starts_with("pid "))
      keeper.first_ = std::stoi(message.substr(4));
    else if (message != "ready")
      return fail(message);
  }
  TRY(keeper.pid_namespace_, open_namespace(keeper.first_, "pid"));
  TRY(keeper.mount_namespace_, open_namespace(keeper.first_, "mnt"));
  return keeper;
}

}  // namespace pyfw::lab
