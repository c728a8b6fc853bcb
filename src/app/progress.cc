#include "app/progress.h"

#include <fmt/format.h>

#include "app/print.h"

namespace pyfw {

void Progress::begin(std::string_view stage) {
  end();
  stage_ = stage;
  begin_ = std::chrono::steady_clock::now();
}

void Progress::end() {
  if (stage_.empty()) return;
  auto took =
      std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - begin_);
  print_err(fmt::format("  {:<28} {:>5} ms\n", stage_, took.count()));
  stage_.clear();
}

}  // namespace pyfw
