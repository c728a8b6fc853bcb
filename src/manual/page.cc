#include "manual/page.h"

#include <fmt/format.h>

#include "base/strings.h"

namespace pyfw {
namespace {

constexpr std::string_view kNobodyWrote = R"(.Sh DESCRIPTION
@HELP@
.Sh OPTIONS
@OPTIONS@
.Sh EXIT STATUS
0 done, 1 failed, 2 bad usage or bad wishes, 3 the answer is no.
.Sh SEE ALSO
.Xr pyfw 8
)";

// Arguments of a macro: a word of two letters could be taken for another macro.
std::string argument(std::string_view text) { return "\\&" + roff_text(text); }

std::string value_of(const DescribedOption& option) {
  if (option.value.empty()) return "";
  if (option.choices.empty()) return " Ar " + argument(option.value);
  std::string out;
  for (const auto& choice : option.choices)
    out += fmt::format("{}Cm {}", out.empty() ? " " : " | ", argument(choice));
  return out;
}

// `Fl v , -verbose`
std::string names_of(const DescribedOption& option) {
  std::string out;
  for (const auto& name : option.names)
    out += fmt::format("{}Fl {}", out.empty() ? "" : " , ", roff_text(name.substr(1)));
  return out;
}

std::string synopsis(const DescribedCommand& program, const DescribedCommand* command) {
  auto out = command == nullptr ? fmt::format(".Nm {}\n", program.name)
                                : fmt::format(".Nm {}\n.Cm {}\n", program.name, command->name);
  const auto& options = (command == nullptr ? program : *command).options;
  std::string only_one;
  for (const auto& option : options) {
    if (option.is_argument()) {
      out += fmt::format(".{}Ar {}\n", option.is_required ? "" : "Op ", roff_text(option.value));
      continue;
    }
    auto first = fmt::format("Fl {}{}", roff_text(option.names.front().substr(1)), value_of(option));
    if (option.excludes_its_kind) {
      only_one += fmt::format("{}.{}", only_one.empty() ? "" : " |\n", first);
    } else {
      out += fmt::format(".{}{}\n", option.is_required ? "" : "Op ", first);
    }
  }
  if (!only_one.empty()) out += fmt::format(".Oo\n{}\n.Oc\n", only_one);
  return out;
}

std::string options_list(const std::vector<DescribedOption>& options) {
  std::string out = ".Bl -tag -width Ds\n";
  for (const auto& option : options) {
    out += option.is_argument() ? fmt::format(".It Ar {}\n", roff_text(option.value))
                                : fmt::format(".It {}{}\n", names_of(option), value_of(option));
    out += roff_text(option.help) + "\n";
  }
  return out + ".El\n";
}

std::string commands_list(const std::vector<DescribedCommand>& commands) {
  std::string out = ".Bl -tag -width Ds\n";
  for (const auto& command : commands)
    out += fmt::format(".It Xr pyfw-{} 8\n{}\n", command.name, roff_text(command.help));
  return out + ".El\n";
}

std::string upper(std::string text) {
  for (char& c : text) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return text;
}

}  // namespace

std::string roff_text(std::string_view text) {
  std::string out;
  // A line that begins so would be a request.
  if (text.starts_with('.') || text.starts_with('\'')) out += "\\&";
  for (char c : text) {
    switch (c) {
      case '\\': out += "\\e"; break;
      case '-': out += "\\-"; break;
      case '\'': out += "\\(aq"; break;
      case '`': out += "\\(ga"; break;
      case '^': out += "\\(ha"; break;
      case '~': out += "\\(ti"; break;
      case '"': out += "\\(dq"; break;
      default: out += c;
    }
  }
  return out;
}

std::string manual_page(const CommandLine& all, const DescribedCommand* command, std::string_view date,
                        std::optional<std::string_view> written) {
  const auto& about = command == nullptr ? all.program : *command;
  auto name = command == nullptr ? all.program.name : all.program.name + "-" + command->name;
  auto out = fmt::format(".Dd {}\n.Dt {} 8\n.Os Linux\n.Sh NAME\n.Nm {}\n.Nd {}\n.Sh SYNOPSIS\n{}", date,
                         upper(name), name, roff_text(about.help), synopsis(all.program, command));
  auto text = written.value_or(kNobodyWrote);
  if (text.ends_with('\n')) text.remove_suffix(1);
  for (auto line : split(text, '\n')) {
    if (line == "@OPTIONS@") {
      out += options_list(about.options);
    } else if (line == "@COMMANDS@") {
      out += commands_list(all.subcommands);
    } else if (line == "@HELP@") {
      out += roff_text(about.help) + "\n";
    } else {
      out += std::string(line) + "\n";
    }
  }
  return out;
}

}  // namespace pyfw
