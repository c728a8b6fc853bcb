// pyfw: keeps a host's firewall the way its owner wished. Each subcommand has a file in app/, which reads
// as a table of contents of what it does.

#include <malloc.h>

#include <array>

#include "app/classic.h"
#include "app/options.h"
#include "app/state.h"

int main(int argc, char** argv) {
  constexpr std::array subcommands = {
      pyfw::Subcommand{"state", "print the rules, the sets and the facts of this host", pyfw::run_state},
  };
  // Memory that was used once is used again: giving large blocks back and taking them anew costs a fifth of
  // the time of a plan with a large set.
  constexpr int kNever = 1 << 30;
  mallopt(M_MMAP_THRESHOLD, kNever);
  mallopt(M_TRIM_THRESHOLD, kNever);
  return pyfw::run_command_line(argc, argv, subcommands, pyfw::run_classic);
}
