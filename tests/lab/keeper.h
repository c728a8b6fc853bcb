// Ends whatever a lab has started, however the lab's own process ends: returns, fails, gets a signal, or
// is killed with SIGKILL.
//
// A lab has no names in the file system and no lasting objects: its processes live in a pid namespace,
// its mounts in mount namespaces, its networks in network namespaces that only file descriptors hold.
// The keeper is a process beside the lab that holds the pid namespace. When its socket to the lab's
// process closes, it kills the first process of that pid namespace; the kernel then ends all others in
// there and takes the namespaces down. Only empty cgroups are left, which the keeper removes.
//
//   TRY(auto keeper, Keeper::start());
//   setns(keeper.pid_namespace(), CLONE_NEWPID);    // the next child belongs to the lab

#pragma once

#include <sys/types.h>

#include <string>

#include "base/error.h"
#include "base/fd.h"

namespace pyfw::lab {

class Keeper {
 public:
  // Fails, with the reason in plain words, where namespaces and mounts can't be made.
  static Result<Keeper> start();
  Keeper(Keeper&& other) noexcept;
  Keeper& operator=(Keeper&&) = delete;
  Keeper(const Keeper&) = delete;
  Keeper& operator=(const Keeper&) = delete;
  ~Keeper();

  // The first process of the pid namespace, as the machine numbers it. Its mount namespace is the one
  // that hosts copy: private, with a /proc that shows the lab's processes.
  [[nodiscard]] pid_t first_process() const { return first_; }
  [[nodiscard]] int pid_namespace() const { return pid_namespace_.get(); }
  [[nodiscard]] int mount_namespace() const { return mount_namespace_.get(); }
  // A cgroup of the lab's own in each hierarchy, as dockerd's --cgroup-parent takes it.
  [[nodiscard]] std::string cgroup() const;

 private:
  Keeper(int lifeline, pid_t keeper);

  std::size_t slot_;  // where the signal handler finds the lifeline
  pid_t keeper_;
  pid_t first_ = -1;
  Fd pid_namespace_;
  Fd mount_namespace_;
};

}  // namespace pyfw::lab
