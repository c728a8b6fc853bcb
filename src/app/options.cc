#include "app/options.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "app/bad_usage.h"
#include "app/print.h"
#include "base/strings.h"

namespace pyfw {
namespace {

constexpr auto kAbout = "Keeps a host's firewall the way its owner wished, beside Docker and others.";

// CLI11 heads a group of options with what it is to a program.
class HelpText : public CLI::Formatter {
 public:
  std::string make_expanded(const CLI::App* sub) const override {
    if (!sub->get_name().empty()) return Formatter::make_expanded(sub);
    auto is_of_group = [&](const CLI::Option* option) { return option != sub->get_help_ptr(); };
    return make_group(sub->get_group(), false, sub->get_options(is_of_group));
  }
};

// An unset variable of a shell must not turn the state from a file into the live one.
std::string refuse_empty(const std::string& path) {
  return path.empty() ? "the name of a file is missing" : "";
}

void add_wishes_option(CLI::App& app, Options& options) {
  app.add_option("--wishes", options.wishes,
                 "the wishes, a file or a folder of *.yaml (default: " PYFW_CONFIG_DIR
                 "/wishes.yaml and " PYFW_CONFIG_DIR "/wishes.d/)")
      ->option_text("FILE")
      ->check(refuse_empty);
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

void add_host_options(CLI::App& app, Options& options) {
  app.add_option("--netns", options.netns,
                 "the network namespace to work in: NAME, a PATH, pid:N or container:NAME")
      ->option_text("NAME")
      ->check(refuse_empty);
  app.add_option_function<std::string>(
         "--backend",
         [&options](const std::string& name) {
           if (name != "auto") options.backend = name == "nft" ? Backend::kNft : Backend::kLegacy;
         },
         "the backend of iptables: auto, nft or legacy (default: the one that holds the rules)")
      ->option_text("NAME")
      ->check(CLI::IsMember({"auto", "nft", "legacy"}));
}

void add_classic_options(CLI::App& app, Options& options) {
  add_wishes_option(app, options);
  add_state_options(app, options);
  auto* modes = app.add_option_group("Without a subcommand, at most one of");
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

void add_formats(CLI::App& app, Options& options, std::uint32_t takes) {
  if ((takes & kTakesStateFormat) != 0) {
    app.add_option("--format", options.format, "yaml, json or save (the tools' own texts; default: yaml)")
        ->check(CLI::IsMember({"yaml", "json", "save"}));
    app.add_option(
           "--save", options.save,
           "write the rules and sets to this file, as the tools' own texts; what it held becomes FILE.bak")
        ->option_text("FILE")
        ->check(refuse_empty);
  }
  if ((takes & kTakesStatusFormat) != 0)
    app.add_option("--format", options.format,
                   "text, json or prometheus (for a textfile collector; default: text)")
        ->check(CLI::IsMember({"text", "json", "prometheus"}));
  if ((takes & kTakesFormat) != 0)
    app.add_option("--format", options.format, "text or json (default: text)")
        ->check(CLI::IsMember({"text", "json"}));
}

void add_flow_options(CLI::App& app, Options& options) {
  app.add_option("--from", options.from,
                 "who sends: ADDRESS, set:NAME, container:NAME, network:NAME or host, then @INTERFACE, :PORT")
      ->option_text("END")
      ->required()
      ->check(refuse_empty);
  app.add_option("--to", options.to, "to whom: the same, without @INTERFACE; then :PORT, /PROTOCOL (tcp)")
      ->option_text("END")
      ->required()
      ->check(refuse_empty);
  app.add_option(
         "--state", options.ct_state,
         "what conntrack takes the packet for: NEW (default), ESTABLISHED, RELATED, INVALID or UNTRACKED")
      ->option_text("STATE")
      ->check(CLI::IsMember({"NEW", "ESTABLISHED", "RELATED", "INVALID", "UNTRACKED"}));
  app.add_option("--sport", options.source_port, "the source port (default: 50000)")
      ->option_text("PORT")
      ->check(CLI::Range(1, 65535));
  app.add_option("--icmp-type", options.icmp_type,
                 "of ICMP: a name, TYPE or TYPE/CODE (default: echo-request)")
      ->option_text("TYPE")
      ->check(refuse_empty);
  app.add_option("--mark", options.mark, "the mark of the packet: 1, 0x10")->option_text("MARK");
  app.add_flag("--planned", options.is_planned, "on the state with all wishes fulfilled");
  app.add_flag("-v,--verbose", options.verbose,
               "show all rules that were looked at, not only those that matched");
}

void add_check_options(CLI::App& app, Options& options) {
  app.add_option("--format", options.format, "text, json or junit (default: text)")
      ->check(CLI::IsMember({"text", "json", "junit"}));
  app.add_flag(
      "--probe", options.probes,
      "make the connections too, for real: from this host and from containers, to no address but those of "
      "the expectations");
  app.add_flag("-v,--verbose", options.verbose,
               "say what is assumed where something is proved of all packets");
}

void add_lint_options(CLI::App& app, Options& options) {
  app.add_option("--format", options.format, "text, json or sarif (for code scanning; default: text)")
      ->check(CLI::IsMember({"text", "json", "sarif"}));
  auto* no_host = app.add_flag("--no-host", options.has_no_host,
                               "look at the wishes alone: anybody can, and on any machine");
  for (const char* flag : {"--use-state", "--iptables-save", "--ip6tables-save", "--ipset-save"})
    no_host->excludes(app.get_option(flag));
}

void add_import_options(CLI::App& app, Options& options) {
  app.add_option("SCRIPT", options.script,
                 "import the rules that this script would put up; it runs in a cage, without any effect")
      ->option_text("")
      ->check(refuse_empty);
  app.add_option("ARGUMENT", options.script_arguments,
                 "what the script is called with, as `start`; behind `--` where it begins with a dash")
      ->option_text("...");
  app.add_option("--output", options.output,
                 "write the wishes to this file, and the members of large sets to files beside it")
      ->option_text("FILE")
      ->check(refuse_empty);
  app.add_flag("--force", options.forces, "also where there is such a file; what it held becomes FILE.bak");
  app.add_flag("--all", options.imports_all, "what Docker, fail2ban and other programs maintain, too");
  app.add_flag("--keep-text", options.keeps_text, "give no names to rules that have no comment");
}

void add_options(CLI::App& app, Options& options, std::uint32_t takes) {
  add_formats(app, options, takes);
  if ((takes & kTakesWishes) != 0) add_wishes_option(app, options);
  if ((takes & kTakesSavedState) != 0) add_state_options(app, options);
  if ((takes & kTakesHost) != 0) add_host_options(app, options);
  if ((takes & kTakesStateDir) != 0)
    app.add_option("--state-dir", options.state_dir,
                   "where the record and the snapshots are (default: /var/lib/pyfw)")
        ->option_text("DIR")
        ->check(refuse_empty);
  if ((takes & kTakesOwnership) != 0) {
    app.add_flag(
        "--adopt", options.adopts,
        "take over rules that bear a wish's name, and chains with rules_equal that others write too");
    app.add_flag("--replace", options.replaces, "the wishes replace those of another file or folder");
  }
  if ((takes & kTakesConfirm) != 0)
    app.add_option("--confirm-within", options.confirm_within,
                   "undo it all unless `pyfw confirm` comes in time: 60s, 5m")
        ->option_text("TIME")
        ->check(refuse_empty);
  if ((takes & kTakesForce) != 0)
    app.add_flag("--force", options.forces, "confirm also over a connection from before the apply");
  if ((takes & kTakesInsist) != 0)
    app.add_flag(
        "--force", options.forces,
        "also where an expectation that holds would not any more, or the connection that this comes over "
        "would not be let in again");
  if ((takes & kTakesLint) != 0) add_lint_options(app, options);
  if ((takes & kTakesFollow) != 0)
    app.add_flag("--follow", options.follows, "apply edits of the wishes at once, without a confirm");
  if ((takes & kTakesFlow) != 0) add_flow_options(app, options);
  if ((takes & kTakesCheck) != 0) add_check_options(app, options);
  if ((takes & kTakesImport) != 0) add_import_options(app, options);
  if ((takes & kTakesEndpoint) != 0) {
    app.add_option("ENDPOINT", options.endpoint,
                   "ADDRESS, container:NAME, network:NAME or host; then :PORT, /PROTOCOL (default: tcp)")
        ->option_text("")
        ->check(refuse_empty);
    app.add_flag("--planned", options.is_planned, "on the state with all wishes fulfilled");
    app.add_flag("-v,--verbose", options.verbose,
                 "show by which rule each gets through, and what is assumed");
  }
  if ((takes & kTakesId) != 0)
    app.add_option("ID", options.id, "the number of a snapshot (default: the newest)");
}

// The classic options have a place of their own, since a subcommand's may have the same names.
void make_app(CLI::App& app, std::span<const Subcommand> subcommands, Options& options,
              Options& classic_options) {
  app.formatter(std::make_shared<HelpText>());
  app.set_version_flag("--version", "pyfw " PYFW_VERSION);
  app.require_subcommand(0, 1);
  add_classic_options(app, classic_options);
  for (const auto& subcommand : subcommands) {
    auto* sub = app.add_subcommand(std::string(subcommand.name), std::string(subcommand.help));
    if (subcommand.is_hidden) sub->group("");
    add_options(*sub, options, subcommand.takes);
  }
}

// What IsMember says of a value: "TEXT:{text,json}".
std::vector<std::string> choices_of(const CLI::Option& option) {
  auto type = option.get_type_name();
  auto begin = type.find('{');
  auto end = type.rfind('}');
  if (begin == std::string::npos || end == std::string::npos) return {};
  std::vector<std::string> choices;
  for (auto choice : split(std::string_view(type).substr(begin + 1, end - begin - 1), ','))
    choices.emplace_back(choice);
  return choices;
}

DescribedOption describe(const CLI::Option& option) {
  DescribedOption out{.names = {},
                      .value = option.get_option_text(),
                      .choices = choices_of(option),
                      .help = option.get_description(),
                      .is_required = option.get_required()};
  for (const auto& name : option.get_snames()) out.names.push_back("-" + name);
  for (const auto& name : option.get_lnames()) out.names.push_back("--" + name);
  bool has_value = option.get_items_expected_max() > 0;
  if (out.is_argument()) out.value = option.get_name(true);
  if (has_value && out.value.empty())
    out.value = out.choices.empty() ? "VALUE" : fmt::format("{}", fmt::join(out.choices, "|"));
  return out;
}

DescribedCommand describe(const CLI::App& app) {
  DescribedCommand out{.name = app.get_name(), .help = app.get_description(), .options = {}};
  for (const auto* option : app.get_options()) out.options.push_back(describe(*option));
  // Groups of options are subcommands without a name to CLI11.
  for (const auto* group : app.get_subcommands([](const CLI::App* sub) { return sub->get_name().empty(); }))
    for (const auto* option : group->get_options()) {
      if (option == group->get_help_ptr()) continue;
      out.options.push_back(describe(*option));
      out.options.back().excludes_its_kind = group->get_require_option_max() == 1;
    }
  return out;
}

// The words that nothing takes.
Misread misread(const CLI::App& app) {
  auto named = app.get_subcommands();
  Misread out{.before = app.remaining(), .subcommand = {}, .behind = {}};
  if (named.empty()) return out;
  out.subcommand = named.front()->get_name();
  out.behind = named.front()->remaining();
  return out;
}

// A classic command line ends with 1 whatever is wrong; subcommands tell bad usage apart.
int report_usage(const CLI::App& app, const CLI::ParseError& error, const CommandLine& all) {
  if (error.get_exit_code() == 0) return app.exit(error) == 0 && output_arrived() ? 0 : 1;
  auto words = misread(app);
  bool is_unknown = dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr;
  print_error(is_unknown ? unknown_word(words, all) : wrong_usage(error.what(), words.subcommand));
  return static_cast<int>(words.subcommand.empty() ? ExitCode::kFailed : ExitCode::kBadInput);
}

}  // namespace

CommandLine describe_command_line(std::span<const Subcommand> subcommands) {
  Options options;
  Options classic_options;
  CLI::App app(kAbout, "pyfw");
  make_app(app, subcommands, options, classic_options);
  CommandLine out{.program = describe(app), .subcommands = {}};
  for (const auto& subcommand : subcommands)
    if (!subcommand.is_hidden)
      out.subcommands.push_back(describe(*app.get_subcommand(std::string(subcommand.name))));
  return out;
}

int run_command_line(int argc, char** argv, std::span<const Subcommand> subcommands,
                     ExitCode (*classic)(const Options&, const World&), const World& world) {
  Options options;
  Options classic_options;
  CLI::App app(kAbout, "pyfw");
  make_app(app, subcommands, options, classic_options);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return report_usage(app, error, describe_command_line(subcommands));
  }
  bool is_classic = classic_options.mode != ClassicMode::kPlan || !classic_options.wishes.empty() ||
                    classic_options.has_saved_state();
  for (const auto& subcommand : subcommands) {
    if (!app.got_subcommand(std::string(subcommand.name))) continue;
    if (!is_classic) return static_cast<int>(subcommand.run(options, world));
    print_error(Error{.message = fmt::format("the classic options can't stand beside '{}'", subcommand.name),
                      .place = {},
                      .hint = fmt::format("see pyfw {} --help", subcommand.name)});
    return static_cast<int>(ExitCode::kBadInput);
  }
  return static_cast<int>(classic(classic_options, world));
}

}  // namespace pyfw
