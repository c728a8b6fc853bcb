// hold UNIT PROGRAM [ARGUMENT]…: hands a program over to a holder, and says who holds it.

#include <fmt/format.h>

#include "sys/holder.h"

int main(int argc, char** argv) {
  if (argc < 3) return 2;
  auto holder = pyfw::start_holder({argv + 2, argv + argc}, {.unit = argv[1], .description = "a test"});
  if (!holder) {
    fmt::print("failed: {}\n", holder.error().message);
    return 1;
  }
  fmt::print("held by {}; {}\n", holder->by == pyfw::HeldBy::kSystemd ? "systemd" : "itself", holder->remark);
  return 0;
}
