// A plan as commands, each a program and its arguments: what the classic command line prints and runs.
//
//   iptables -w -t filter -I DOCKER 1 ! -i docker0 -o docker0 … -j REJECT

#pragma once

#include <string>
#include <vector>

#include "base/error.h"
#include "plan/plan.h"

namespace pyfw {

// Commands that belong together; those of a move are set off from their neighbours when printed.
struct CommandGroup {
  std::vector<std::vector<std::string>> commands;
  bool is_move = false;
};

// Fails on a set that must become another one: single commands can't do that while rules refer to it.
Result<std::vector<CommandGroup>> commands_of(const Plan& plan);

// One command a line, fit to be pasted into a shell, an empty line around each move.
std::string print_commands(const std::vector<CommandGroup>& groups);

}  // namespace pyfw
