// Times programs against each other. These machines are shared and noisy, so nothing here is a time: a
// pair of programs runs in turn, and the median of the pairs' ratios counts.

#pragma once

#include <functional>
#include <string>
#include <vector>

namespace pyfw::bench {

struct Cost {
  double seconds = 0;
  long peak_kib = 0;  // of the largest single process, children's children included
};

// Runs each program one after the other, output thrown away. Ends the benchmark on a failure.
Cost run_all(const std::vector<std::vector<std::string>>& programs);

struct Comparison {
  double ratio = 0;  // median of the pairs
  double lowest = 0;
  double highest = 0;
  long peak_kib = 0;
};

Comparison compare(const std::function<Cost()>& ours, const std::function<Cost()>& theirs, int pairs);

}  // namespace pyfw::bench
