#include "manual/bash.h"

#include <fmt/format.h>

#include <string_view>

#include "base/contains.h"

namespace pyfw {
namespace {

// `=` and `:` end a word for bash, so `--format=json` comes as three.
constexpr auto kBegin = R"(# What bash completes behind pyfw. Made from the program's own options.

_pyfw_files() {
  compopt -o filenames 2>/dev/null
  mapfile -t COMPREPLY < <(compgen "$@")
}

_pyfw_words() {
  mapfile -t COMPREPLY < <(compgen -W "$1" -- "$2")
}

_pyfw_starts() {
  compopt -o nospace 2>/dev/null
  _pyfw_words "$@"
}

_pyfw() {
  local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} command='' options='' starts='' i
  COMPREPLY=()
  if [[ $cur == '=' ]]; then
    cur=''
  elif [[ $prev == '=' ]]; then
    prev=${COMP_WORDS[COMP_CWORD - 2]}
  fi
  for ((i = 1; i < COMP_CWORD; ++i)); do
    case ${COMP_WORDS[i]} in
)";

constexpr auto kBehindTheValues = R"( [[ ${COMP_WORDS[i + 1]} == '=' ]] && ((++i)); ((++i)) ;;
      -* | '=' | ':') ;;
      *) command=${COMP_WORDS[i]}; break ;;
    esac
  done
)";

constexpr auto kEnd = R"(  if [[ $cur == -* || -z $starts ]]; then
    _pyfw_words "$options" "$cur"
  else
    eval "$starts"
  fi
}

complete -F _pyfw pyfw
)";

std::string words_of(const std::vector<std::string>& words) {
  return fmt::format("{}", fmt::join(words, " "));
}

// The command that offers what can stand there.
std::string offer(const DescribedOption& option) {
  switch (offer_for(option)) {
    case Offer::kChoices: return fmt::format("_pyfw_words '{}' \"$cur\"", words_of(option.choices));
    case Offer::kFiles: return R"(_pyfw_files -f -- "$cur")";
    case Offer::kFolders: return R"(_pyfw_files -d -- "$cur")";
    case Offer::kNamespaces: return R"sh(_pyfw_words "$(cd /run/netns 2>/dev/null && echo *)" "$cur")sh";
    case Offer::kEnds: return R"(_pyfw_starts 'any host container: network: set:' "$cur")";
    case Offer::kNothing: break;
  }
  return ":";
}

std::string options_of(const DescribedCommand& command) {
  std::vector<std::string> names;
  for (const auto& option : command.options)
    names.insert(names.end(), option.names.begin(), option.names.end());
  return words_of(names);
}

// Behind which word which values stand: `plan:--format`.
std::string values_of(const DescribedCommand& command, std::string_view name) {
  std::string out;
  for (const auto& option : command.options) {
    if (!takes_value(option)) continue;
    std::string behind;
    for (const auto& word : option.names)
      behind += fmt::format("{}{}:{}", behind.empty() ? "" : " | ", name, word);
    out += fmt::format("    {}) {}; return ;;\n", behind, offer(option));
  }
  return out;
}

}  // namespace

std::string bash_completion(const CommandLine& all) {
  std::string out = kBegin;
  std::vector<std::string> with_value;
  auto gather = [&](const DescribedCommand& command) {
    for (const auto& option : command.options)
      if (takes_value(option))
        for (const auto& name : option.names)
          if (!contains(with_value, name)) with_value.push_back(name);
  };
  gather(all.program);
  for (const auto& command : all.subcommands) gather(command);
  out += fmt::format("      {})", fmt::join(with_value, " | "));
  out += kBehindTheValues;

  std::vector<std::string> commands;
  for (const auto& command : all.subcommands) commands.push_back(command.name);
  out += "  case $command:$prev in\n" + values_of(all.program, "");
  for (const auto& command : all.subcommands) out += values_of(command, command.name);
  out += "  esac\n  case $command in\n";
  out += fmt::format("    '') options='{}'; starts='_pyfw_words \"{}\" \"$cur\"' ;;\n",
                     options_of(all.program), words_of(commands));
  for (const auto& command : all.subcommands) {
    out += fmt::format("    {}) options='{}'", command.name, options_of(command));
    for (const auto& option : command.options)
      if (option.is_argument() && offer_for(option) != Offer::kNothing) {
        std::string starts = offer(option);
        for (std::size_t at = 0; (at = starts.find('\'', at)) != std::string::npos; ++at) starts[at] = '"';
        out += fmt::format("; starts='{}'", starts);
      }
    out += " ;;\n";
  }
  return out + "  esac\n" + kEnd;
}

}  // namespace pyfw
