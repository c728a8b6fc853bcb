#include "app/print.h"

#include <fmt/format.h>

#include <cstdio>

namespace pyfw {

void print_out(std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stdout);
  // A line that says what is being done must be seen before it is done.
  std::fflush(stdout);
}

void print_error(const Error& error) { fmt::print(stderr, "{}\n", render(error)); }

void print_warnings(std::span<const Error> warnings) {
  for (const auto& warning : warnings) fmt::print(stderr, "{}\n", render(warning, "warning"));
}

void print_note(std::string_view text) { fmt::print(stderr, "pyfw: {}\n", text); }

bool output_arrived() { return std::fflush(stdout) == 0 && std::ferror(stdout) == 0; }

}  // namespace pyfw
