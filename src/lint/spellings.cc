// What is seen from a rule's own words.

#include <fmt/format.h>

#include <algorithm>
#include <variant>

#include "base/contains.h"
#include "lint/asking.h"
#include "lint/lints.h"
#include "nf/tokens.h"

namespace pyfw {
namespace {

// Matches and options in their order, of the rule as the owner wrote it, with the variables put in.
std::vector<std::string> words_of(const LintedRule& wish) { return tokens_of(wish.written->rule); }

bool has_pair(const std::vector<std::string>& words, std::string_view option,
              std::initializer_list<std::string_view> values) {
  for (std::size_t i = 0; i + 1 < words.size(); ++i)
    if (words[i] == option && contains(values, std::string_view(words[i + 1]))) return true;
  return false;
}

}  // namespace

void find_resets_without_tcp(Linted& linted, Report& report) {
  for (const auto& wish : linted.rules()) {
    if (wish.rules.empty()) continue;
    const auto& compiled = linted.compiled(wish.rules.front());
    const auto* reject = std::get_if<Reject>(&compiled.target);
    bool is_reset = reject != nullptr && (reject->with == "tcp-reset" || reject->with == "tcp-rst");
    if (!is_reset || is_for(compiled, kTcp)) continue;
    report.add(wish.place_of({"--reject-with"}), "tcp-reset is for TCP only",
               {.why = "the kernel takes such a rule only with `-p tcp`",
                .instead = "add `-p tcp`, and reject the rest with another rule"});
  }
}

void find_state_matches(Linted& linted, Report& report) {
  // Few rules have that text anywhere, and only those are taken apart.
  auto has_text = [](const LintedRule& wish) {
    return wish.written->rule.text.find("-m state") != std::string::npos;
  };
  for (const auto& wish : linted.rules())
    if (has_text(wish) && has_pair(words_of(wish), "-m", {"state"}))
      report.add(wish.place_of({"--state"}), "-m state is an old name",
                 {.why = "iptables keeps it for old rules' sake only",
                  .instead = "write `-m conntrack --ctstate`, with the same states"});
}

void find_logs_without_limit(Linted& linted, Report& report) {
  for (const auto& wish : linted.rules()) {
    bool logs = wish.written->target.text == "LOG";
    if (!logs || has_pair(words_of(wish), "-m", {"limit", "hashlimit", "recent", "statistic"})) continue;
    report.add(wish.written->target.place, "LOG without a limit",
               {.why = "whoever sends such packets fills the host's log",
                .instead = "add `-m limit --limit 5/min --limit-burst 10`"});
  }
}

// Before anything is translated, the packet itself has what was asked for.
void find_needless_originals(Linted& linted, Report& report) {
  for (const auto& wish : linted.rules()) {
    if (wish.rules.empty() || (wish.id.table != "mangle" && wish.id.table != "raw")) continue;
    const auto& rule = wish.rules.front();
    bool is_before_nat = linted.is_reached_from(rule.chain, "PREROUTING");
    for (auto builtin : {"INPUT", "FORWARD", "OUTPUT", "POSTROUTING"})
      is_before_nat = is_before_nat && !linted.is_reached_from(rule.chain, builtin);
    if (!is_before_nat) continue;
    for (auto [option, plain] : {std::pair("--ctorigdstport", "--dport"), {"--ctorigdst", "-d"}})
      if (contains(words_of(wish), option))
        report.add(
            wish.place_of({option}), fmt::format("{} is not needed here", option),
            {.why = "nothing is translated yet, and it matches the answers too; by xt_conntrack's source it "
                    "also makes conntrack follow every packet, and looks the connection up first",
             .instead = fmt::format("write `{}`", plain)});
  }
}

}  // namespace pyfw
