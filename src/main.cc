// pyfw: keeps a host's firewall the way its owner wished. Each subcommand has a file in app/, which reads
// as a table of contents of what it does.

#include "app/classic.h"
#include "app/options.h"
#include "app/subcommands.h"
#include "sys/heap.h"

int main(int argc, char** argv) {
  pyfw::prepare_heap();
  return pyfw::run_command_line(argc, argv, pyfw::kSubcommands, pyfw::run_classic, {});
}
