// What stands on the command line, as values, for those who write it down in another form than --help: the
// pages of the manual (page.h) and what shells complete (bash.h, zsh.h, fish.h).
//
//   CommandLine all = describe_command_line(kSubcommands);   // app/options.h
//   for (const auto& command : all.subcommands) fmt::print("pyfw {}: {}\n", command.name, command.help);

#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace pyfw {

struct DescribedOption {
  std::vector<std::string> names;    // "-v", "--verbose"; none for an argument that stands by itself
  std::string value;                 // "FILE", of an option that takes one; the name of an argument
  std::vector<std::string> choices;  // all that the value may be, if it is one of few
  std::string help;
  bool is_required = false;
  bool excludes_its_kind = false;  // at most one of these is given

  [[nodiscard]] bool is_argument() const { return names.empty(); }
};

struct DescribedCommand {
  std::string name;
  std::string help;
  std::vector<DescribedOption> options;
};

struct CommandLine {
  DescribedCommand program;  // without a subcommand
  std::vector<DescribedCommand> subcommands;
};

// What a shell can offer for a value, besides its choices.
enum class Offer : std::uint8_t { kNothing, kChoices, kFiles, kFolders, kNamespaces, kEnds };

// By the name that the value has: FILE, DIR, END.
Offer offer_for(const DescribedOption& option);

// The options that take a value, and are no argument.
bool takes_value(const DescribedOption& option);

}  // namespace pyfw
