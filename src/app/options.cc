#include "app/options.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "app/print.h"
#include "base/strings.h"

namespace pyfw {
namespace {

// An unset variable of a shell must not turn the state from a file into the live one.
std::string refuse_empty(const std::string& path) {
  return path.empty() ? "the name of a file is missing" : "";
}

void add_state_options(CLI::App& app, Options& options) {
  auto* state =
      app.add_option("--use-state", options.use_state, "take the state from a document of --print-state")
          ->check(refuse_empty);
  for (auto [flag, value, help] :
       {std::tuple("--iptables-save", &options.iptables_save,
                   "take the IPv4 rules from what iptables-save printed"),
        std::tuple("--ip6tables-save", &options.ip6tables_save,
                   "take the IPv6 rules from what ip6tables-save printed"),
        std::tuple("--ipset-save", &options.ipset_save, "take the sets from what ipset save printed")})
    app.add_option(flag, *value, help)->option_text("FILE")->check(refuse_empty)->excludes(state);
  state->option_text("FILE");
}

void add_classic_options(CLI::App& app, Options& options) {
  app.add_option(
         "--wishes", options.wishes,
         "the wishes, a file or a folder of *.yaml (default: /etc/pyfw/wishes.yaml and /etc/pyfw/wishes.d/)")
      ->option_text("FILE")
      ->check(refuse_empty);
  add_state_options(app, options);
  auto* modes = app.add_option_group("what to do");
  modes->require_option(0, 1);
  auto add = [&](const char* flag, ClassicMode mode, const char* help) {
    modes->add_flag_callback(flag, [&options, mode] { options.mode = mode; }, help);
  };
  add("--apply", ClassicMode::kApply, "run the commands that fulfil the wishes (without: print them)");
  add("--print-state", ClassicMode::kPrintState, "print the state as YAML");
  add("--print-desired-state", ClassicMode::kPrintDesiredState,
      "print the state with all wishes fulfilled as YAML");
  add("--print-state-diff", ClassicMode::kPrintStateDiff, "print the difference of the two");
}

// A classic command line ends with 1 whatever is wrong; subcommands tell bad usage apart.
int report_usage(const CLI::App& app, const CLI::ParseError& error, bool is_classic) {
  if (error.get_exit_code() == 0) return app.exit(error) == 0 && output_arrived() ? 0 : 1;
  print_error(
      Error{.message = error.what(), .place = {}, .hint = "see pyfw --help", .kind = ErrorKind::kBadInput});
  return static_cast<int>(is_classic ? ExitCode::kFailed : ExitCode::kBadInput);
}

}  // namespace

int run_command_line(int argc, char** argv, std::span<const Subcommand> subcommands,
                     ExitCode (*classic)(const Options&)) {
  Options options;
  CLI::App app("Keeps a host's firewall the way its owner wished, beside Docker and others.", "pyfw");
  app.set_version_flag("--version", "pyfw " PYFW_VERSION);
  app.require_subcommand(0, 1);
  add_classic_options(app, options);
  for (const auto& subcommand : subcommands) {
    auto* sub = app.add_subcommand(std::string(subcommand.name), std::string(subcommand.help));
    sub->add_option("--format", options.format, "yaml, json or save")
        ->check(CLI::IsMember({"yaml", "json", "save"}));
    add_state_options(*sub, options);
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return report_usage(app, error, app.get_subcommands().empty());
  }
  bool is_classic = options.mode != ClassicMode::kPlan || app.get_option("--wishes")->count() > 0;
  for (const auto& subcommand : subcommands) {
    if (!app.got_subcommand(std::string(subcommand.name))) continue;
    if (!is_classic) return static_cast<int>(subcommand.run(options));
    print_error(Error{.message = fmt::format("the classic options can't stand beside '{}'", subcommand.name),
                      .place = {},
                      .hint = fmt::format("see pyfw {} --help", subcommand.name)});
    return static_cast<int>(ExitCode::kBadInput);
  }
  return static_cast<int>(classic(options));
}

}  // namespace pyfw
