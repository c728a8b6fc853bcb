#include "kernel/scratch.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <thread>

namespace pyfw {
namespace {

struct Pipe {
  Fd read;
  Fd write;
};

Result<Pipe> make_pipe() {
  std::array<int, 2> fds{};
  if (pipe2(fds.data(), O_CLOEXEC) != 0) return system_error("pipe2");
  return Pipe{.read = Fd(fds[0]), .write = Fd(fds[1])};
}

// Holds fresh namespaces open until its standard streams say that others do.
[[noreturn]] void hold_namespaces(int flags, const Pipe& ready, const Pipe& done) {
  char byte = unshare(flags) == 0 ? 'y' : 'n';
  if (write(ready.write.get(), &byte, 1) != 1) _exit(1);
  close(done.write.get());
  // Ends when the parent closes its end, also by dying.
  (void)!read(done.read.get(), &byte, 1);
  _exit(0);
}

Result<Fd> open_path(const std::string& path, int flags) {
  Fd fd(open(path.c_str(), flags | O_CLOEXEC));
  if (!fd.valid()) return system_error("open " + path);
  return fd;
}

Result<void> write_file(const std::string& path, const std::string& text) {
  TRY(auto fd, open_path(path, O_WRONLY));
  if (write(fd.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size()))
    return system_error("write " + path);
  return {};
}

Result<void> map_to_root(pid_t pid) {
  TRY_VOID(write_file(fmt::format("/proc/{}/setgroups", pid), "deny"));
  TRY_VOID(write_file(fmt::format("/proc/{}/uid_map", pid), fmt::format("0 {} 1\n", geteuid())));
  return write_file(fmt::format("/proc/{}/gid_map", pid), fmt::format("0 {} 1\n", getegid()));
}

// A thread may have a network namespace of its own, which the open file then keeps alive.
Result<Fd> make_by_thread() {
  auto made = Result<Fd>(fail("the system lets us make no network namespace"));
  std::thread([&] {
    if (unshare(CLONE_NEWNET) == 0) made = open_path("/proc/thread-self/ns/net", O_RDONLY);
  }).join();
  return made;
}

struct Namespaces {
  Fd user;
  Fd net;
};

Result<Namespaces> make_by_process() {
  TRY(auto ready, make_pipe());
  TRY(auto done, make_pipe());
  pid_t pid = fork();
  if (pid < 0) return system_error("fork");
  if (pid == 0) hold_namespaces(CLONE_NEWNET | CLONE_NEWUSER, ready, done);
  ready.write.close();
  auto finish = [&] {
    done.write.close();
    while (waitpid(pid, nullptr, 0) < 0 && errno == EINTR) {
    }
  };
  auto open_both = [&]() -> Result<Namespaces> {
    char byte = 0;
    if (read(ready.read.get(), &byte, 1) != 1 || byte != 'y')
      return fail("the system lets us make no network namespace");
    TRY_VOID(map_to_root(pid));
    Namespaces made;
    TRY(made.user, open_path(fmt::format("/proc/{}/ns/user", pid), O_RDONLY));
    TRY(made.net, open_path(fmt::format("/proc/{}/ns/net", pid), O_RDONLY));
    return made;
  };
  auto made = open_both();
  finish();
  return made;
}

}  // namespace

Result<Scratch> Scratch::make() {
  Scratch scratch;
  if (geteuid() == 0) {
    TRY(scratch.net_namespace_, make_by_thread());
  } else {
    TRY(auto made, make_by_process());
    scratch.user_namespace_ = std::move(made.user);
    scratch.net_namespace_ = std::move(made.net);
  }
  scratch.lock_file_ = Fd(memfd_create("xtables.lock", MFD_CLOEXEC));
  if (!scratch.lock_file_.valid()) return system_error("memfd_create");
  return scratch;
}

Result<Outcome> Scratch::run(const std::vector<std::string>& argv, std::string_view input) const {
  int user = user_namespace_.get();
  int net = net_namespace_.get();
  RunOptions options{
      .input = input,
      .environment = {fmt::format("XTABLES_LOCKFILE=/proc/{}/fd/{}", getpid(), lock_file_.get())}};
  if (user >= 0) {
    // Only a process of one thread can enter a user namespace.
    options.in_child = [user, net] {
      return setns(user, CLONE_NEWUSER) == 0 && setns(net, CLONE_NEWNET) == 0;
    };
    return pyfw::run(argv, options);
  }
  auto outcome = Result<Outcome>(fail("can't enter the network namespace"));
  call([&] { outcome = pyfw::run(argv, options); });
  return outcome;
}

void Scratch::call(const std::function<void()>& function) const {
  std::thread([&] {
    if (setns(net_namespace_.get(), CLONE_NEWNET) == 0) function();
  }).join();
}

}  // namespace pyfw
