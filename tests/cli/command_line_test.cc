// The command line itself: options, exit status, and where output goes.

#include "cli.h"

namespace pyfw::cli {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

constexpr auto kAcceptOne =
    "pyfw_wishes:\n  iptables:\n    filter:\n      INPUT:\n        rules:\n        - one: -s 10.0.0.1 -j "
    "ACCEPT\n";

class CommandLine : public CliTest {
 protected:
  void expect_usage_error(const std::vector<std::string>& arguments, int status,
                          const std::string& message) const {
    auto run = pyfw(arguments);
    EXPECT_EQ(run.err, "pyfw: error: " + message + "\n");
    EXPECT_EQ(run.out, "");
    EXPECT_EQ(run.status, status);
  }
};

TEST_F(CommandLine, TellsItsVersion) {
  auto run = pyfw({"--version"});
  EXPECT_THAT(run.out, testing::MatchesRegex("pyfw [0-9]+\\.[0-9]+\\.[0-9]+\n"));
  EXPECT_EQ(run.err, "");
  EXPECT_EQ(run.status, 0);
}

TEST_F(CommandLine, HelpNamesEveryFlagAndSubcommand) {
  auto run = pyfw({"--help"});
  for (const char* word :
       {"--wishes", "--use-state", "--apply", "--print-state", "--print-desired-state", "--print-state-diff",
        "--version", "--iptables-save", "--ip6tables-save", "--ipset-save", "state "})
    EXPECT_THAT(run.out, HasSubstr(word));
  EXPECT_EQ(run.err, "");
  EXPECT_EQ(run.status, 0);
}

TEST_F(CommandLine, AnUnknownWordIsOneLineThatSaysWhatWasMeant) {
  expect_usage_error({"--aply"}, 1, "there is no option --aply; did you mean '--apply'? See pyfw --help");
  expect_usage_error({"staet"}, 1, "there is no subcommand 'staet'; did you mean 'state'? See pyfw --help");
  expect_usage_error({"help"}, 1, "there is no subcommand 'help'; see pyfw --help");
  expect_usage_error({"help", "apply"}, 2, "'help' is a word too many; see pyfw apply --help");
  expect_usage_error(
      {"apply", "--confirm-witin=2m"}, 2,
      "there is no option --confirm-witin; did you mean '--confirm-within'? See pyfw apply --help");
  expect_usage_error({"plan", "wishes.yaml"}, 2, "'wishes.yaml' is a word too many; see pyfw plan --help");
}

TEST_F(CommandLine, AnOptionBeforeItsSubcommandIsToldWhereItStands) {
  expect_usage_error(
      {"--adopt", "plan"}, 2,
      "--adopt stands before the subcommand that takes it; write `pyfw plan --adopt`. See pyfw plan --help");
}

TEST_F(CommandLine, TwoModesAtOnceAreRefused) {
  auto run = pyfw({"--apply", "--print-state"});
  EXPECT_THAT(run.err, StartsWith("pyfw: error: Requires at most 1 options be given from [--apply,"));
  EXPECT_EQ(run.status, 1);
}

TEST_F(CommandLine, ApplyTakesNoStateFromFiles) {
  write("wishes.yaml", "pyfw_wishes:\n");
  for (const char* option : {"--use-state", "--iptables-save", "--ip6tables-save", "--ipset-save"})
    expect_usage_error(
        {"--apply", "--wishes", "wishes.yaml", option, "state.save"}, 1,
        "--apply changes the live host, so it takes no state from files; leave out --apply to see "
        "what it would do");
}

TEST_F(CommandLine, EmptyFileNameDoesNotStandForTheLiveHost) {
  for (const char* option :
       {"--use-state", "--iptables-save", "--ip6tables-save", "--ipset-save", "--wishes"})
    expect_usage_error({option, ""}, 1,
                       std::string(option) + ": the name of a file is missing; see pyfw --help");
}

TEST_F(CommandLine, ADocumentAndASaveAtOnceAreRefused) {
  expect_usage_error({"--use-state", "a", "--ipset-save", "b"}, 1,
                     "--use-state excludes --ipset-save; see pyfw --help");
}

TEST_F(CommandLine, SubcommandsTellBadUsageByStatus2) {
  expect_usage_error({"state", "--format", "xml"}, 2,
                     "--format: xml not in {yaml,json,save}; see pyfw state --help");
}

TEST_F(CommandLine, ClassicOptionsBesideASubcommandAreRefused) {
  expect_usage_error({"--apply", "state", "--iptables-save", "state.save"}, 2,
                     "the classic options can't stand beside 'state'; see pyfw state --help");
  expect_usage_error({"--wishes", "wishes.yaml", "state", "--iptables-save", "state.save"}, 2,
                     "the classic options can't stand beside 'state'; see pyfw state --help");
}

TEST_F(CommandLine, OutputThatDoesNotArriveIsNoSuccess) {
  write("wishes.yaml", kAcceptOne);
  std::vector<std::vector<std::string>> runs = {
      {"--version"},
      {"--wishes", "wishes.yaml", "--iptables-save", "state.save"},
      {"--print-state", "--iptables-save", "state.save"},
      {"--print-desired-state", "--wishes", "wishes.yaml", "--iptables-save", "state.save"},
      {"--print-state-diff", "--wishes", "wishes.yaml", "--iptables-save", "state.save"},
      {"state", "--iptables-save", "state.save"},
      {"state", "--format", "json", "--iptables-save", "state.save"}};
  for (const auto& arguments : runs) {
    auto run = pyfw_to("/dev/full", arguments);
    EXPECT_EQ(run.status, 1) << arguments[0];
    EXPECT_EQ(run.err, "pyfw: error: not all output could be written\n") << arguments[0];
  }
}

TEST_F(CommandLine, PrintedCommandsCanBePastedIntoAShell) {
  auto run = plan(
      "pyfw_wishes:\n  iptables:\n    filter:\n      INPUT:\n        rules:\n"
      "        - \"it's a \\\"name\\\" $HOME `id`\": '! -s 10.0.0.1 -j ACCEPT'\n");
  EXPECT_EQ(run.err, "");
  // The shell of the test takes the line apart again.
  auto line =
      replaced(run.out, "# these commands should fullfill all given wishes:\niptables ", "printf '%s\\n' ");
  write("pasted.sh", line);
  auto words = pyfw::run({"/bin/sh", folder_ + "/pasted.sh"});
  ASSERT_TRUE(words);
  EXPECT_EQ(words->out,
            "-w\n-t\nfilter\n-I\nINPUT\n1\n!\n-s\n10.0.0.1/32\n-m\ncomment\n--comment\nit's a \"name\" $HOME "
            "`id`\n-j\n"
            "ACCEPT\n");
}

TEST_F(CommandLine, ControlCharactersOfForeignRulesDoNotReachTheTerminal) {
  write("state.save",
        "*filter\n:INPUT ACCEPT [0:0]\n:FORWARD ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n"
        "-A INPUT -s 10.0.0.1/32 -j ACCEPT\n"
        "-A INPUT -m comment --comment \"red \x1b[31m\" -j ACCEPT\nCOMMIT\n");
  auto run =
      plan("pyfw_wishes:\n  iptables:\n    filter:\n      INPUT:\n        rules:\n        - ~match: red\n");
  EXPECT_EQ(run.out,
            "# these commands should fullfill all given wishes:\n"
            "iptables -w -t filter -I INPUT 1 -m comment --comment $'_pyfw_temp_red \\x1b[31m' -j ACCEPT\n"
            "iptables -w -t filter -D INPUT -m comment --comment $'red \\x1b[31m' -j ACCEPT\n"
            "iptables -w -t filter -I INPUT 1 -m comment --comment $'red \\x1b[31m' -j ACCEPT\n"
            "iptables -w -t filter -D INPUT -m comment --comment $'_pyfw_temp_red \\x1b[31m' -j ACCEPT\n");
}

}  // namespace
}  // namespace pyfw::cli
