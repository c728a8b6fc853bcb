// The user and network namespaces of a cage, seen from outside: programs of the host's that work in them, as
// the cage's root, who is nobody out here.

#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/fd.h"
#include "sys/process.h"

namespace pyfw {

class CagedNamespaces {
 public:
  // Those of a process. They stay when it goes, for as long as this does.
  static Result<CagedNamespaces> of(pid_t pid);

  Result<Outcome> run(const std::vector<std::string>& argv, std::string_view input = {}) const;
  // With our own privileges, if we are root: for what comes from us, before the script has been there. Only
  // so are more than some 250 rules taken at once (forced_buffers.h).
  Result<Outcome> run_as_ourselves(const std::vector<std::string>& argv, std::string_view input) const;

 private:
  Result<Outcome> run_in(const std::function<bool()>& enter, const std::vector<std::string>& argv,
                         std::string_view input) const;

  Fd user_;
  Fd net_;
  Fd lock_file_;  // of iptables-legacy: the host's is not for its root
};

}  // namespace pyfw
