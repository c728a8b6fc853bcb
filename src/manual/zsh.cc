#include "manual/zsh.h"

#include <fmt/format.h>

#include <string_view>

namespace pyfw {
namespace {

constexpr auto kBegin = R"(#compdef pyfw
# What zsh completes behind pyfw. Made from the program's own options.

(( $+functions[_pyfw_namespaces] )) ||
_pyfw_namespaces() {
  local -a names=(/run/netns/*(N:t))
  _describe 'network namespace' names
}

(( $+functions[_pyfw_ends] )) ||
_pyfw_ends() {
  compadd -S '' any host container: network: set:
}

_pyfw() {
  local curcontext=$curcontext state line
  local -A opt_args
  local -a commands=(
)";

// Within quotes, in a text that _arguments or _describe takes apart at colons and brackets.
std::string quoted(std::string_view text) {
  std::string out;
  for (char c : text) {
    if (c == '\'') {
      out += "'\\''";
      continue;
    }
    if (std::string_view(":[]\\").find(c) != std::string_view::npos) out += '\\';
    out += c;
  }
  return out;
}

std::string action(const DescribedOption& option) {
  switch (offer_for(option)) {
    case Offer::kChoices: return fmt::format("({})", fmt::join(option.choices, " "));
    case Offer::kFiles: return "_files";
    case Offer::kFolders: return "_files -/";
    case Offer::kNamespaces: return "_pyfw_namespaces";
    case Offer::kEnds: return "_pyfw_ends";
    case Offer::kNothing: break;
  }
  return " ";
}

std::string specs_of(const DescribedCommand& command, std::string_view indent) {
  std::string alone;
  for (const auto& option : command.options)
    if (option.excludes_its_kind) alone += fmt::format("{} ", fmt::join(option.names, " "));
  std::string out;
  for (const auto& option : command.options) {
    if (option.is_argument()) {
      out += fmt::format("{}'::{}:{}' \\\n", indent, quoted(option.value), action(option));
      continue;
    }
    auto value = takes_value(option) ? fmt::format(":{}:{}", quoted(option.value), action(option)) : "";
    auto others = option.excludes_its_kind ? alone : fmt::format("{}", fmt::join(option.names, " "));
    for (const auto& name : option.names) {
      bool takes_equals = takes_value(option) && name.starts_with("--");
      out += fmt::format("{}'({}){}{}[{}]{}' \\\n", indent, others, name, takes_equals ? "=" : "",
                         quoted(option.help), value);
    }
  }
  return out;
}

}  // namespace

std::string zsh_completion(const CommandLine& all) {
  std::string out = kBegin;
  for (const auto& command : all.subcommands)
    out += fmt::format("    '{}:{}'\n", command.name, quoted(command.help));
  out += "  )\n  _arguments -C \\\n" + specs_of(all.program, "    ");
  out += "    '1: :->command' '*:: :->arguments' && return\n";
  out += "  case $state in\n    command) _describe -t commands 'pyfw command' commands ;;\n";
  out += "    arguments)\n      curcontext=${curcontext%:*:*}:pyfw-$words[1]:\n      case $words[1] in\n";
  for (const auto& command : all.subcommands)
    out += fmt::format("        {}) _arguments \\\n{}          && return ;;\n", command.name,
                       specs_of(command, "          "));
  return out + "      esac ;;\n  esac\n}\n\n_pyfw \"$@\"\n";
}

}  // namespace pyfw
