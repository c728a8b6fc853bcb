#include "manual/fish.h"

#include <fmt/format.h>

#include <string_view>

namespace pyfw {
namespace {

constexpr auto kBegin = R"(# What fish completes behind pyfw. Made from the program's own options.

function __pyfw_namespaces
    command ls /run/netns 2>/dev/null
end

complete -c pyfw -f
)";

std::string quoted(std::string_view text) {
  std::string out = "'";
  for (char c : text) {
    if (c == '\'' || c == '\\') out += '\\';
    out += c;
  }
  return out + "'";
}

// The options of `complete` that offer what can stand there.
std::string offer(const DescribedOption& option) {
  switch (offer_for(option)) {
    case Offer::kChoices: return fmt::format(" -x -a '{}'", fmt::join(option.choices, " "));
    case Offer::kFiles: return " -r -F";
    case Offer::kFolders: return " -x -a '(__fish_complete_directories)'";
    case Offer::kNamespaces: return " -x -a '(__pyfw_namespaces)'";
    case Offer::kEnds: return " -x -a 'any host container: network: set:'";
    case Offer::kNothing: break;
  }
  return takes_value(option) ? " -x" : "";
}

std::string lines_of(const DescribedCommand& command, const std::string& when) {
  std::string out;
  for (const auto& option : command.options) {
    out += fmt::format("complete -c pyfw -n {}", quoted(when));
    for (const auto& name : option.names)
      out += name.starts_with("--") ? fmt::format(" -l {}", name.substr(2))
                                    : fmt::format(" -s {}", name.substr(1));
    out += fmt::format("{} -d {}\n", offer(option), quoted(option.help));
  }
  return out;
}

}  // namespace

std::string fish_completion(const CommandLine& all) {
  std::string out = kBegin;
  for (const auto& command : all.subcommands)
    out += fmt::format("complete -c pyfw -n __fish_use_subcommand -a {} -d {}\n", command.name,
                       quoted(command.help));
  out += lines_of(all.program, "__fish_use_subcommand");
  for (const auto& command : all.subcommands)
    out += lines_of(command, "__fish_seen_subcommand_from " + command.name);
  return out;
}

}  // namespace pyfw
