#include "cage/run_words.h"

#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>
#include <array>
#include <vector>

#include "base/contains.h"
#include "base/strings.h"

namespace pyfw {
namespace {

constexpr std::size_t kMostCommands = 12;

std::string indented(std::string_view text) {
  std::string out;
  while (text.ends_with('\n')) text.remove_suffix(1);
  for (auto line : split(text, '\n')) out += fmt::format("    {}\n", escape_control(line));
  return out;
}

std::string commands(const CagedRun& run, Mask mask, std::string_view heading) {
  std::vector<std::string> lines;
  for (const auto& masked : run.masked)
    if (masked.mask == mask && !contains(lines, masked.command)) lines.push_back(masked.command);
  if (lines.empty()) return {};
  std::size_t left_out = lines.size() - std::min(lines.size(), kMostCommands);
  lines.resize(lines.size() - left_out);
  if (left_out > 0) lines.push_back(fmt::format("and {} more", left_out));
  return fmt::format("{}\n{}", heading, indented(join(lines, "\n")));
}

std::string unseen(const CagedRun& run) {
  if (run.unseen.empty()) return {};
  return "not among the wishes, though the script made it:\n" + indented(join(run.unseen, "\n"));
}

// The wait at which it was ended, as "sleep 5"; empty where it ended by itself.
std::string endless_wait(const CagedRun& run) {
  auto found = std::ranges::find(run.masked, Mask::kEndless, &MaskedCommand::mask);
  return found == run.masked.end() ? "" : found->command;
}

std::string in_words(const LostRules& lost) {
  auto rules = fmt::format("{} {}", lost.rules, lost.rules == 1 ? "rule" : "rules");
  auto chain = fmt::format("{} {} {}", program_of(lost.chain.family), lost.chain.table, lost.chain.chain);
  return lost.is_gone ? fmt::format("{}: the chain, with {}", chain, rules)
                      : fmt::format("{}: {}", chain, rules);
}

std::string taken_away(std::span<const LostRules> lost) {
  if (lost.empty()) return {};
  std::vector<std::string> lines;
  for (const auto& one : lost) lines.push_back(in_words(one));
  return "the script removes what others put there; the wishes leave it alone:\n" +
         indented(join(lines, "\n"));
}

// What iptables and ipset say where they do nothing. That a rule or a chain that is to go is not there, or
// that one that is to come is there, costs none.
bool tells_of_lost_rule(std::string_view line) {
  constexpr std::array<std::string_view, 8> kHarmless = {"does a matching rule exist",
                                                         "Chain already exists",
                                                         "set with the given name does not exist",
                                                         "set with the same name already exists",
                                                         "it's already added",
                                                         "it's not added",
                                                         "CHAIN_USER_DEL failed",
                                                         "# Warning: "};
  static const RE2 kSays(
      R"(^Bad argument `|: (?:command )?not found$|(?:^|: )(?:ip6?tables(?:-legacy|-nft)?(?:-restore)?|ipset)(?: v[0-9.]+[^:]*)?: |^line [0-9]+: [A-Z_]+ failed)");
  return RE2::PartialMatch(line, kSays) &&
         std::ranges::none_of(kHarmless, [&](std::string_view words) { return line.contains(words); });
}

}  // namespace

std::vector<std::string> failures_of(const CagedRun& run) {
  std::vector<std::string> lines;
  auto add = [&](std::string line) {
    if (!contains(lines, line)) lines.push_back(std::move(line));
  };
  auto wait = endless_wait(run);
  if (!wait.empty())
    add(fmt::format(
        "it waits without end: it was ended at one of many `{}`, and what it does later is missing", wait));
  else if (run.status != 0)
    add(fmt::format("it ended with status {}", run.status));
  for (const auto& masked : run.masked) {
    if (masked.mask == Mask::kNoDocker) add("no Docker to ask: " + masked.command);
    if (masked.mask == Mask::kNoNetwork) add("no network: " + masked.command);
  }
  for (auto line : split(run.output, '\n'))
    if (tells_of_lost_rule(line)) add(std::string(trim(line)));
  auto left_out = lines.size() - std::min(lines.size(), kMostCommands);
  lines.resize(lines.size() - left_out);
  if (left_out > 0) lines.push_back(fmt::format("and {} more", left_out));
  return lines;
}

std::string words_about(std::string_view name, const CagedRun& run, std::span<const LostRules> lost) {
  std::string out;
  auto script = escape_control(name);
  if (auto wait = endless_wait(run); !wait.empty())
    out += fmt::format("{} waits without end, and was ended at one of many `{}`\n", script,
                       escape_control(wait));
  else if (run.status != 0)
    out += fmt::format("{} ended with status {}: its rules may not be all that it would make on the host\n",
                       script, run.status);
  if (!run.output.empty()) out += fmt::format("{} printed:\n{}", script, indented(run.output));
  out += commands(run, Mask::kNotDone, "not done, while the script was told that it was:");
  out += commands(run, Mask::kNoDocker, "failed, since there is no Docker in there to ask:");
  out += commands(run, Mask::kNoNetwork, "failed, since there is no network in there:");
  return out + unseen(run) + taken_away(lost);
}

}  // namespace pyfw
