// What comes out of a cage: the words of its first process, and what the script prints, until a time limit.

#pragma once

#include <chrono>
#include <string>

#include "base/error.h"
#include "cage/caged_run.h"
#include "cage/first_process.h"
#include "cage/last_output.h"

namespace pyfw {

class Attention {
 public:
  Attention(const FirstProcess& cage, const CageLimits& limits);

  Result<void> wait_for_network();
  // All of the run but its state.
  Result<CagedRun> wait_for_end();

 private:
  // The next word, with the output that comes meanwhile.
  Result<CageWord> next();
  Result<CageWord> receive();
  [[nodiscard]] std::unexpected<Error> out_of_time() const;
  // False at its end.
  bool take_output();

  const FirstProcess& cage_;
  std::chrono::steady_clock::time_point deadline_;
  std::chrono::milliseconds limit_;
  LastOutput output_;
  bool output_ends_ = false;
  Fd buffer_calls_{};
};

}  // namespace pyfw
