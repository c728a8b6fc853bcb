// A scenario on its stage, packet after packet: the kernel and the library, held against each other.
//
//   TRY(auto trial, Trial::begin(scenario));
//   TRY(auto verdict, trial.try_one(shipment));
//   if (verdict.difference) …

#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "base/error.h"
#include "library.h"
#include "scenario.h"

namespace pyfw::differential {

struct Verdict {
  KernelPath kernel{};
  std::optional<std::string> difference{};  // none: both say the same
  std::string told{};                       // of a difference: what the library says
  bool was_certain = false;                 // the library named one path only
};

// How long each of both took for the packets alone.
struct Spent {
  std::chrono::nanoseconds kernel{};
  std::chrono::nanoseconds library{};
};

class Trial {
 public:
  static Result<Trial> begin(const Scenario& scenario);

  Result<Verdict> try_one(const Shipment& shipment);
  [[nodiscard]] const Spent& spent() const { return spent_; }

 private:
  Trial(Stage stage, Topology topology, const HostState& host)
      : stage_(std::move(stage)), topology_(std::move(topology)), library_(host) {}

  Stage stage_;
  Topology topology_;
  Library library_;
  Spent spent_{};
};

}  // namespace pyfw::differential
