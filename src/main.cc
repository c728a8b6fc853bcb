// pyfw: keeps a host's firewall the way its owner wished. Each subcommand has a file in app/, which reads
// as a table of contents of what it does.

#include <malloc.h>

#include "app/classic.h"
#include "app/options.h"
#include "app/subcommands.h"

int main(int argc, char** argv) {
  // Memory that was used once is used again: giving large blocks back and taking them anew costs a fifth of
  // the time of a plan with a large set.
  constexpr int kNever = 1 << 30;
  mallopt(M_MMAP_THRESHOLD, kNever);
  mallopt(M_TRIM_THRESHOLD, kNever);
  return pyfw::run_command_line(argc, argv, pyfw::kSubcommands, pyfw::run_classic, {});
}
