// Colours of a terminal, or none.

#pragma once

#include <string>
#include <string_view>

#include "trace/flow.h"

namespace pyfw {

// Escape sequences of a terminal (ECMA-48, "select graphic rendition").
class Ink {
 public:
  explicit Ink(bool colour) : colour_(colour) {}

  [[nodiscard]] std::string red(std::string_view text) const { return in("\x1b[31m", text); }
  [[nodiscard]] std::string green(std::string_view text) const { return in("\x1b[32m", text); }
  [[nodiscard]] std::string yellow(std::string_view text) const { return in("\x1b[33m", text); }
  [[nodiscard]] std::string bold(std::string_view text) const { return in("\x1b[1m", text); }
  [[nodiscard]] std::string dim(std::string_view text) const { return in("\x1b[2m", text); }

 private:
  [[nodiscard]] std::string in(std::string_view sequence, std::string_view text) const {
    if (!colour_) return std::string(text);
    return std::string(sequence) + std::string(text) + "\x1b[0m";
  }

  bool colour_;
};

}  // namespace pyfw
