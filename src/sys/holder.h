// A process that holds something for its owner when the owner's session is gone: its terminal hung up, all
// its processes killed, its cgroup taken down.
//
//   TRY(auto holder, start_holder({"/usr/sbin/pyfw", "…"}, {.unit = "pyfw-confirm-7", .description = "…"}));
//   if (!holder.remark.empty()) print_note(holder.remark);
//
// Whether it has come to hold is for it to report. It is to end by itself.

#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace pyfw {

// What systemd knows it by. The name is to be one that no other unit of the machine has: letters, digits,
// `-`, `_` and `.`.
struct HolderName {
  std::string unit;
  std::string description;
};

enum class HeldBy {
  kSystemd,  // a unit: in the first process's namespaces, not in ours, with its standard error in the journal
  kItself,   // a process in our namespaces, with its standard streams on /dev/null
};

struct Holder {
  HeldBy by = HeldBy::kItself;
  std::string remark{};  // why it is not a unit although systemd runs here
};

// Starts it in / with a clean environment. The program's path is absolute. Where systemd does not answer in
// time both ways may have been taken, so two of them must do no harm.
Result<Holder> start_holder(const std::vector<std::string>& argv, const HolderName& name);

// The command line that makes it a unit.
std::vector<std::string> unit_command(std::string_view systemd_run, const std::vector<std::string>& argv,
                                      const HolderName& name);

}  // namespace pyfw
