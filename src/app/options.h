// What stands on the command line.

#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace pyfw {

enum class ExitCode { kDone = 0, kFailed = 1, kBadInput = 2, kNo = 3 };

// The classic flags, of which at most one is given.
enum class ClassicMode { kPlan, kApply, kPrintState, kPrintDesiredState, kPrintStateDiff };

struct Options {
  ClassicMode mode = ClassicMode::kPlan;
  std::string wishes;  // a file or a folder; empty for the default places
  std::string use_state;
  std::string iptables_save;
  std::string ip6tables_save;
  std::string ipset_save;
  std::string format = "yaml";

  [[nodiscard]] bool has_saved_state() const {
    return !(use_state.empty() && iptables_save.empty() && ip6tables_save.empty() && ipset_save.empty());
  }
};

struct Subcommand {
  std::string_view name;
  std::string_view help;
  ExitCode (*run)(const Options&);
};

// Parses, runs what was asked for and gives the exit status. `classic` runs where no subcommand is named.
int run_command_line(int argc, char** argv, std::span<const Subcommand> subcommands,
                     ExitCode (*classic)(const Options&));

}  // namespace pyfw
