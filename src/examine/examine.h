// Looks at a host for `pyfw doctor`: all of it that can be read, and what could not. Changes nothing.
//
//   auto examined = examine({.state_dir = "/var/lib/pyfw", .make_kernel = …});
//   auto diagnosis = diagnose(examined);

#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "doctor/examined.h"
#include "engine/kernel.h"

namespace pyfw {

struct Examination {
  std::string root{};  // below which files of the system are
  std::string state_dir{};
  std::optional<Backend> backend{};  // that the owner asked for
  std::function<std::unique_ptr<Kernel>(Backend)> make_kernel{};
  // Whether files of the system are those of this network namespace; none: where it is that of process 1.
  std::optional<bool> files_are_of_here{};
};

// In the network namespace that the calling thread is in.
Examined examine(const Examination& examination);

}  // namespace pyfw
