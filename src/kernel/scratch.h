// A network namespace of our own that nobody else sees and that vanishes with us: where iptables and
// ipset are asked how they spell things. Costs half a millisecond. Without root it is made in a user
// namespace of our own.

#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/fd.h"
#include "sys/process.h"

namespace pyfw {

class Scratch {
 public:
  static Result<Scratch> make();

  // Runs a program inside.
  Result<Outcome> run(const std::vector<std::string>& argv, std::string_view input = {}) const;
  // Calls a function inside, from a thread of its own. Only as root, who needs no user namespace.
  void call(const std::function<void()>& function) const;

 private:
  Fd user_namespace_;  // only without root
  Fd net_namespace_;
  // iptables-legacy locks one file for all namespaces; this private one keeps us from waiting for, and
  // holding up, the host's.
  Fd lock_file_;
};

}  // namespace pyfw
