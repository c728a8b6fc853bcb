// What stands on the command line.

#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "app/world.h"
#include "manual/command_line.h"
#include "nf/backend.h"

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
  std::string format;  // empty for that of people
  std::string netns;   // empty for the one that we are in
  std::optional<Backend> backend{};
  std::string state_dir = "/var/lib/pyfw";
  std::string confirm_within;
  std::string save;  // the file that `state --save` writes
  std::vector<std::string> script_arguments;
  std::string script;  // of firewall commands, that `import` runs in a cage; empty: none
  std::string output;  // the wishes file that `import` writes; empty for standard output
  std::string id;
  std::string from;  // the ends of a flow that is traced
  std::string to;
  std::string endpoint;  // that is asked about; empty for all
  std::string ct_state;  // as --ctstate takes it; empty for NEW
  std::string icmp_type;
  std::optional<std::uint16_t> source_port{};
  std::uint32_t mark = 0;
  bool adopts = false;
  bool replaces = false;
  bool forces = false;
  bool verbose = false;
  bool is_planned = false;  // on the desired state
  bool probes = false;
  bool follows = false;      // edits of the wishes
  bool has_no_host = false;  // the wishes alone
  bool keeps_text = false;   // of imported rules: they get no names
  bool imports_all = false;  // what programs maintain too

  [[nodiscard]] bool has_saved_state() const {
    return !(use_state.empty() && iptables_save.empty() && ip6tables_save.empty() && ipset_save.empty());
  }
};

// Which options a subcommand takes, as bits.
enum Takes : std::uint32_t {
  kTakesHost = 1,              // --netns, --backend
  kTakesSavedState = 2,        // --use-state and the saves
  kTakesWishes = 4,            // --wishes
  kTakesStateDir = 8,          // --state-dir
  kTakesOwnership = 16,        // --adopt, --replace
  kTakesConfirm = 32,          // --confirm-within
  kTakesForce = 64,            // --force
  kTakesId = 128,              // a snapshot's number
  kTakesStateFormat = 256,     // --format yaml|json|save, and --save
  kTakesFormat = 512,          // --format text|json
  kTakesInsist = 1024,         // --force, of what would be refused
  kTakesFlow = 2048,           // --from, --to, and what the packet is like
  kTakesCheck = 4096,          // --format text|json|junit, --probe, -v
  kTakesEndpoint = 8192,       // an endpoint, -v
  kTakesFollow = 16384,        // --follow
  kTakesStatusFormat = 32768,  // --format text|json|prometheus
  kTakesLint = 65536,          // --format text|json|sarif, --no-host
  kTakesImport = 262144,       // --output, --force, --all, --keep-text
};

struct Subcommand {
  std::string_view name;
  std::string_view help;
  std::uint32_t takes;
  ExitCode (*run)(const Options&, const World&);
  bool is_hidden = false;  // not for people
};

// Parses, runs what was asked for and gives the exit status. `classic` runs where no subcommand is named.
int run_command_line(int argc, char** argv, std::span<const Subcommand> subcommands,
                     ExitCode (*classic)(const Options&, const World&), const World& world);

// The same as values: all options, and the subcommands that are for people.
CommandLine describe_command_line(std::span<const Subcommand> subcommands);

}  // namespace pyfw
