// What the shells complete, asked of the shells themselves.

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "base/strings.h"
#include "sys/process.h"

namespace pyfw {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;

using Words = std::vector<std::string>;

Words lines(const std::string& text) {
  Words out;
  for (auto line : split(text, '\n'))
    if (!line.empty()) out.emplace_back(line.substr(0, line.find('\t')));
  std::ranges::sort(out);
  out.erase(std::ranges::unique(out).begin(), out.end());
  return out;
}

std::string shell(const std::string& name) {
  for (const auto* folder : {"/usr/bin/", "/bin/"})
    if (std::filesystem::exists(folder + name)) return folder + name;
  return "";
}

Words said(const Words& argv) {
  auto run = pyfw::run(argv, {.environment = {"HOME=/nonexistent", "TERM=dumb"}}).value();
  EXPECT_EQ(run.err, "");
  return lines(run.out);
}

// The words as bash takes them apart, the last of which is completed.
Words bash(const Words& words) {
  auto script = fmt::format(
      "source '{}/manual/pyfw.bash'; COMP_WORDS=({}); COMP_CWORD=$(({{#COMP_WORDS[@]}} - 1)); _pyfw; "
      "printf '%s\\n' \"${{COMPREPLY[@]}}\"",
      PYFW_BUILD_DIR, shell_quote_all(words));
  script.replace(script.find("{#COMP"), 1, "${");
  return said({"/bin/bash", "-c", script});
}

TEST(Bash, OffersTheSubcommandsThenTheirOptions) {
  EXPECT_THAT(bash({"pyfw", ""}), AllOf(Contains("plan"), Contains("apply"), Not(Contains("hold"))));
  EXPECT_THAT(bash({"pyfw", "sta"}), ElementsAre("state", "status"));
  EXPECT_THAT(bash({"pyfw", "--pr"}),
              ElementsAre("--print-desired-state", "--print-state", "--print-state-diff"));
  EXPECT_THAT(bash({"pyfw", "watch", "--f"}), ElementsAre("--follow"));
  EXPECT_THAT(bash({"pyfw", "apply", "--confirm-within", "5m", "--ad"}), ElementsAre("--adopt"));
  EXPECT_THAT(bash({"pyfw", "plan", "--use"}), ElementsAre("--use-state"));
  EXPECT_THAT(bash({"pyfw", "apply", "--use"}), IsEmpty()) << "what it does not take";
}

TEST(Bash, OffersValues) {
  EXPECT_THAT(bash({"pyfw", "plan", "--format", ""}), ElementsAre("json", "text"));
  EXPECT_THAT(bash({"pyfw", "plan", "--format", "=", "j"}), ElementsAre("json"));
  EXPECT_THAT(bash({"pyfw", "plan", "--format", "="}), ElementsAre("json", "text"));
  EXPECT_THAT(bash({"pyfw", "state", "--format", "s"}), ElementsAre("save"));
  EXPECT_THAT(bash({"pyfw", "plan", "--wishes", "/etc/host"}), Contains("/etc/hosts"));
  EXPECT_THAT(bash({"pyfw", "--wishes", "/etc/host"}), Contains("/etc/hosts"));
  EXPECT_THAT(bash({"pyfw", "plan", "--state-dir", "/et"}), ElementsAre("/etc"));
  EXPECT_THAT(bash({"pyfw", "trace", "--from", "co"}), ElementsAre("container:"));
  EXPECT_THAT(bash({"pyfw", "who", "ho"}), ElementsAre("host"));
  EXPECT_THAT(bash({"pyfw", "apply", "--confirm-within", ""}), IsEmpty());
}

class Fish : public testing::Test {
 protected:
  void SetUp() override {
    if (shell("fish").empty()) GTEST_SKIP() << "there is no fish";
  }
  static Words complete(const std::string& line) {
    return said(
        {shell("fish"), "--no-config", "-c",
         fmt::format("source '{}/manual/pyfw.fish'; complete -C {}", PYFW_BUILD_DIR, shell_quote(line))});
  }
};

TEST_F(Fish, OffersSubcommandsOptionsAndValues) {
  EXPECT_THAT(complete("pyfw sta"), ElementsAre("state", "status"));
  EXPECT_THAT(complete("pyfw watch --fo"), ElementsAre("--follow"));
  EXPECT_THAT(complete("pyfw apply --use"), IsEmpty());
  EXPECT_THAT(complete("pyfw plan --format "), ElementsAre("json", "text"));
  EXPECT_THAT(complete("pyfw plan --wishes /etc/host"), Contains("/etc/hosts"));
}

// zsh completes on a terminal only, so it gets one. Between the two marks stands what it offers.
constexpr auto kAskZsh = R"(
zmodload zsh/zpty
zpty asked zsh -f -i
put() { zpty -w asked "$1" }
put "PS1= PS2= ; unsetopt zle_bracketed_paste prompt_cr 2>/dev/null; fpath=($1 \$fpath); autoload -Uz compinit; compinit -D -u"
put 'compadd() { if [[ ${@[(I)-(O|A|D)*]} -gt 0 ]]; then builtin compadd "$@"; return; fi; local -a __hits; builtin compadd -A __hits "$@"; print -rl -- ${__hits/#/HIT:} >>'"$3"'; builtin compadd "$@" }'
put 'bindkey "^I" complete-word; touch '"$3"'.ready'
while [[ ! -e $3.ready ]]; do sleep 0.1; done
zpty -w -n asked "$2"$'\t'
for _ in {1..50}; do sleep 0.1; [[ -s $3 ]] && break; done
sleep 0.3
zpty -d asked
sed -n 's/^HIT://p' $3
rm -f $3 $3.ready
)";

class Zsh : public testing::Test {
 protected:
  void SetUp() override {
    if (shell("zsh").empty()) GTEST_SKIP() << "there is no zsh";
  }
  static Words complete(const std::string& line) {
    std::string answer = "/tmp/pyfw-zsh-XXXXXX";
    close(mkstemp(answer.data()));
    auto words = said({shell("zsh"), "-f", "-c", kAskZsh, "ask", PYFW_BUILD_DIR "/manual", line, answer});
    std::filesystem::remove(answer);
    return words;
  }
};

TEST_F(Zsh, OffersSubcommandsOptionsAndValues) {
  EXPECT_THAT(complete("pyfw sta"), ElementsAre("state", "status"));
  EXPECT_THAT(complete("pyfw watch --fo"), Contains("--follow"));
  EXPECT_THAT(complete("pyfw plan --format "), ElementsAre("json", "text"));
}

}  // namespace
}  // namespace pyfw
