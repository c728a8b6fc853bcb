#include "lab/host.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <filesystem>

#include "base/strings.h"
#include "lab/folders.h"
#include "lab/namespaces.h"

namespace pyfw::lab {
namespace {

// Waits in place of a program that runs in another pid namespace, and ends as it ends.
[[noreturn]] void stand_in_for(pid_t program) {
  close_range(3, ~0U, 0);
  int status = 0;
  while (waitpid(program, &status, 0) < 0 && errno == EINTR) continue;
  _exit(WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
}

// Makes the namespaces of a host, says so (or why not), and stays until they have been taken hold of.
[[noreturn]] void make_namespaces(int mounts_to_copy, Backend backend, int socket) {
  auto made = [&]() -> Result<void> {
    if (setns(mounts_to_copy, CLONE_NEWNS) != 0) return system_error("setns");
    if (unshare(CLONE_NEWNS | CLONE_NEWNET) != 0) return system_error("can't make a network namespace");
    return make_folders(backend);
  }();
  auto message = made ? std::string("ready") : made.error().message;
  [[maybe_unused]] auto sent = send(socket, message.data(), message.size(), MSG_NOSIGNAL);
  char byte = 0;
  [[maybe_unused]] auto ended = recv(socket, &byte, 1, 0);
  _exit(0);
}

}  // namespace

Result<Lab> Lab::open() {
  TRY(auto keeper, Keeper::start());
  return Lab(std::move(keeper));
}

Result<Host> Lab::add_host(std::string name, Backend backend) {
  std::array<int, 2> ends{};
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) != 0)
    return system_error("socketpair");
  Fd ours(ends[0]);
  Fd theirs(ends[1]);
  pid_t maker = fork();
  if (maker < 0) return system_error("fork");
  if (maker == 0) {
    ours.close();
    make_namespaces(keeper_.mount_namespace(), backend, theirs.get());
  }
  theirs.close();
  auto host = [&]() -> Result<Host> {
    std::array<char, 512> buffer{};
    auto n = recv(ours.get(), buffer.data(), buffer.size(), 0);
    if (n <= 0) return fail("can't make a host of the lab");
    std::string message(buffer.data(), static_cast<std::size_t>(n));
    if (message != "ready") return fail(message);
    Host::Namespaces namespaces;
    TRY(namespaces.network, open_namespace(maker, "net"));
    TRY(namespaces.mounts, open_namespace(maker, "mnt"));
    namespaces.processes = Fd(fcntl(keeper_.pid_namespace(), F_DUPFD_CLOEXEC, 0));
    return Host(std::move(name), std::move(namespaces));
  }();
  ours.close();
  waitpid(maker, nullptr, 0);
  if (!host) return host;
  TRY_VOID(host->output({"/usr/sbin/ip", "link", "set", "lo", "up"}));
  return host;
}

bool Host::enter() const {
  return setns(namespaces_->network.get(), CLONE_NEWNET) == 0 &&
         setns(namespaces_->processes.get(), CLONE_NEWPID) == 0 &&
         setns(namespaces_->mounts.get(), CLONE_NEWNS) == 0;
}

Result<Outcome> Host::run(const std::vector<std::string>& argv, RunOptions options) const {
  // With sanitizers, and beside other tests, the usual minute may be too short.
  constexpr int kPatience = 300'000;
  if (options.timeout_ms == RunOptions().timeout_ms) options.timeout_ms = kPatience;
  // PR_SET_PDEATHSIG on both: a run that is killed at its time limit takes the program along.
  options.in_child = [this, more = std::move(options.in_child)] {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (!enter()) return false;
    pid_t program = fork();
    if (program > 0) stand_in_for(program);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    return program == 0 && (!more || more());
  };
  return pyfw::run(argv, options);
}

Result<std::string> Host::output(const std::vector<std::string>& argv, RunOptions options) const {
  TRY(auto outcome, run(argv, std::move(options)));
  if (outcome.status == 0) return std::move(outcome.out);
  return fail(fmt::format("on {}: {} gave status {}: {}", name_, join(argv, " "), outcome.status,
                          trim(outcome.err.empty() ? outcome.out : outcome.err)));
}

Result<Started> Host::start(const std::vector<std::string>& argv,
                            const std::vector<std::string>& environment) const {
  return Started::start(argv, environment, [this] { return enter(); });
}

Result<void> Host::write_file(const std::string& path, std::string_view text) const {
  auto folder = std::filesystem::path(path).parent_path().string();
  TRY_VOID(output({"/usr/bin/mkdir", "-p", folder}));
  TRY_VOID(output({"/usr/bin/dd", "status=none", "of=" + path}, {.input = text}));
  return {};
}

}  // namespace pyfw::lab
