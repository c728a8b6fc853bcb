// Keeps the end of a text that comes in pieces and may be endless.
//
//   LastOutput output(16'384);
//   output.add(piece);
//   output.text();           // "…" and whole lines, where something was left out

#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace pyfw {

class LastOutput {
 public:
  explicit LastOutput(std::size_t most) : most_(most) {}

  void add(std::string_view piece);
  [[nodiscard]] std::string text() const;

 private:
  std::size_t most_;
  std::string kept_;
  bool is_cut_ = false;
};

}  // namespace pyfw
