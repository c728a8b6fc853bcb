#include "app/bad_usage.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/strings.h"

namespace pyfw {
namespace {

std::string guess(std::string_view word, const std::vector<std::string>& names) {
  return did_you_mean(word, std::vector<std::string_view>(names.begin(), names.end()));
}

std::vector<std::string> option_names(const DescribedCommand& command) {
  std::vector<std::string> out;
  for (const auto& option : command.options) out.insert(out.end(), option.names.begin(), option.names.end());
  return out;
}

std::vector<std::string> subcommand_names(const CommandLine& all) {
  std::vector<std::string> out;
  for (const auto& subcommand : all.subcommands) out.push_back(subcommand.name);
  return out;
}

// Those of the program itself where no subcommand was named, or one that is not for people.
const DescribedCommand& command_called(const std::string& name, const CommandLine& all) {
  auto found = std::ranges::find(all.subcommands, name, &DescribedCommand::name);
  return found == all.subcommands.end() ? all.program : *found;
}

Error unknown_option(std::string_view option, const Misread& words, const CommandLine& all) {
  auto its_names = option_names(command_called(words.subcommand, all));
  bool is_early = !words.before.empty();
  if (is_early && !words.subcommand.empty() && std::ranges::find(its_names, option) != its_names.end())
    return wrong_usage(fmt::format("{} stands before the subcommand that takes it", option), words.subcommand,
                       fmt::format("write `pyfw {} {}`.", words.subcommand, option));
  return wrong_usage(fmt::format("there is no option {}", option), words.subcommand,
                     guess(option, is_early ? option_names(all.program) : its_names));
}

}  // namespace

Error wrong_usage(std::string message, std::string_view subcommand, std::string_view hint) {
  auto help = subcommand.empty() ? "pyfw --help" : fmt::format("pyfw {} --help", subcommand);
  return {.message = std::move(message),
          .place = {},
          .hint = hint.empty() ? "see " + help : fmt::format("{} See {}", hint, help),
          .kind = ErrorKind::kBadInput};
}

Error unknown_word(const Misread& words, const CommandLine& all) {
  const auto& word = words.before.empty() ? words.behind.front() : words.before.front();
  if (word.starts_with('-')) return unknown_option(split(word, '=').front(), words, all);
  if (!words.subcommand.empty())
    return wrong_usage(fmt::format("'{}' is a word too many", word), words.subcommand);
  return wrong_usage(fmt::format("there is no subcommand '{}'", word), {},
                     guess(word, subcommand_names(all)));
}

}  // namespace pyfw
