#include "app/print.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

#include "base/strings.h"

namespace pyfw {

void print_out(std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stdout);
  // A line that says what is being done must be seen before it is done.
  std::fflush(stdout);
}

// fmt::print throws where nobody reads any more, and work that has begun must not end by that.
void print_err(std::string_view text) { std::fwrite(text.data(), 1, text.size(), stderr); }

void print_error(const Error& error) { print_err(render(error) + '\n'); }

void print_warnings(std::span<const Error> warnings) {
  for (const auto& warning : warnings) print_err(render(warning, "warning") + '\n');
}

void print_note(std::string_view text) { print_err(fmt::format("pyfw: {}\n", escape_control(text))); }

ExitCode report(const Error& error) {
  print_error(error);
  return error.kind == ErrorKind::kBadInput ? ExitCode::kBadInput : ExitCode::kFailed;
}

bool output_is_coloured() {
  const char* no_colour = std::getenv("NO_COLOR");
  return isatty(STDOUT_FILENO) == 1 && (no_colour == nullptr || *no_colour == '\0');
}

bool output_arrived() {
  if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return true;
  print_error(Error{.message = "not all output could be written"});
  return false;
}

}  // namespace pyfw
