#include "cage/caged_namespaces.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace pyfw {
namespace {

Result<Fd> open_namespace(pid_t pid, std::string_view kind) {
  auto path = fmt::format("/proc/{}/ns/{}", pid, kind);
  Fd fd(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd.valid()) return system_error("open " + path);
  return fd;
}

}  // namespace

Result<CagedNamespaces> CagedNamespaces::of(pid_t pid) {
  CagedNamespaces namespaces;
  TRY(namespaces.user_, open_namespace(pid, "user"));
  TRY(namespaces.net_, open_namespace(pid, "net"));
  namespaces.lock_file_ = Fd(memfd_create("xtables.lock", MFD_CLOEXEC));
  if (!namespaces.lock_file_.valid()) return system_error("memfd_create");
  return namespaces;
}

Result<Outcome> CagedNamespaces::run(const std::vector<std::string>& argv, std::string_view input) const {
  int user = user_.get();
  int net = net_.get();
  return run_in(
      [user, net] {
        return setns(user, CLONE_NEWUSER) == 0 && setns(net, CLONE_NEWNET) == 0 &&
               syscall(SYS_setresgid, 0, 0, 0) == 0 && syscall(SYS_setresuid, 0, 0, 0) == 0;
      },
      argv, input);
}

Result<Outcome> CagedNamespaces::run_as_ourselves(const std::vector<std::string>& argv,
                                                  std::string_view input) const {
  if (geteuid() != 0) return run(argv, input);
  int net = net_.get();
  return run_in([net] { return setns(net, CLONE_NEWNET) == 0; }, argv, input);
}

Result<Outcome> CagedNamespaces::run_in(const std::function<bool()>& enter,
                                        const std::vector<std::string>& argv, std::string_view input) const {
  int lock = lock_file_.get();
  // It opens that file anew, for which it needs the descriptor, since /proc/PID of ours is closed to it.
  return pyfw::run(argv, {.input = input,
                          .environment = {fmt::format("XTABLES_LOCKFILE=/proc/self/fd/{}", lock)},
                          .in_child = [&] { return fcntl(lock, F_SETFD, 0) == 0 && enter(); }});
}

}  // namespace pyfw
