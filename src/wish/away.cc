#include "wish/away.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

#include "base/contains.h"
#include "base/strings.h"

namespace pyfw {
namespace {

using Kind = HostVariable::Kind;
using Standing = HostValue::Standing;

// In this order: the last is the worst.
enum class Outcome : std::uint8_t { kHolds, kStandsWithout, kIsLeftOut };

bool is_option(std::string_view word) { return word.size() > 1 && word.starts_with('-'); }

// The option that the word is a value of, or has its value in itself.
std::size_t option_of(std::span<const Word> words, std::size_t word) {
  return is_option(words[word].text) || word == 0 ? word : word - 1;
}

bool is_negated(std::span<const Word> words, std::size_t word) {
  auto option = option_of(words, word);
  return option > 0 && words[option - 1].text == "!";
}

bool may_be_several(std::span<const Word> words, const UsedVariable& used) {
  return used.is_whole && used.word > 0 && takes_addresses(words[used.word - 1].text) &&
         !is_negated(words, used.word);
}

std::string as_written(const HostVariable& variable) { return fmt::format("${{{}}}", name_of(variable)); }

Result<void> refuse_several(std::span<const Word> words, const UsedVariable& used) {
  if (used.value.texts.size() < 2 || may_be_several(words, used)) return {};
  bool is_container = used.variable.kind == Kind::kContainer;
  auto has = fmt::format("{} '{}' has {} {}", is_container ? "container" : "network", used.variable.of,
                         used.value.texts.size(), is_container ? "addresses" : "subnets");
  auto option = used.word > 0 ? words[used.word - 1].text : std::string();
  if (used.is_whole && takes_addresses(option))
    return bad_input(used.place, fmt::format("{}, and '! {}' takes one", has, option),
                     fmt::format("let a rule '{} {} -j RETURN' go before, and leave this match out", option,
                                 as_written(used.variable)));
  return bad_input(
      used.place, fmt::format("{}, and here is place for one", has),
      fmt::format("write the one that is meant, as a number ({})", join(used.value.texts, ", ")));
}

Outcome outcome_of(std::span<const Word> words, const UsedVariable& used, bool closes) {
  const auto& value = used.value;
  if (value.standing == Standing::kLive) return Outcome::kHolds;
  if (value.standing == Standing::kLastKnown)
    return closes || value.holds_for_all ? Outcome::kHolds : Outcome::kIsLeftOut;
  // Nobody is someone else than everyone: `! -s NOBODY` is always true, `-s NOBODY` never.
  bool is_true_without = used.variable.kind == Kind::kExternalInterface || is_negated(words, used.word);
  return closes && is_true_without ? Outcome::kStandsWithout : Outcome::kIsLeftOut;
}

Error warning_of(const UsedVariable& used, Outcome outcome) {
  const auto& value = used.value;
  std::string message;
  switch (outcome) {
    case Outcome::kHolds:
      message = fmt::format("{}: until {}, {} stands in: {}", value.why, value.until, value.stand_in,
                            join(value.texts, ", "));
      break;
    case Outcome::kStandsWithout:
      message = fmt::format("{}: until {}, this rule stands without this match", value.why, value.until);
      break;
    case Outcome::kIsLeftOut:
      message = fmt::format("{}: this rule is left out until {}", value.why, value.until);
      break;
  }
  return {.message = std::move(message), .place = used.place, .hint = value.hint};
}

bool is_own_option(std::string_view option) {
  constexpr std::array<std::string_view, 8> kLong = {"--in-interface", "--out-interface", "--protocol",
                                                     "--proto",        "--match",         "--jump",
                                                     "--goto",         "--fragment"};
  return !option.starts_with("--") || takes_addresses(option) || contains(kLong, option);
}

// Whether the option that stands from `begin` to `end` is all that the `-m X` before it has: alone, nearly
// all of these are refused.
bool is_all_of_match(std::span<const Word> words, std::size_t begin, std::size_t option, std::size_t end) {
  if (begin < 2 || is_own_option(words[option].text)) return false;
  if (words[begin - 2].text != "-m" && words[begin - 2].text != "--match") return false;
  if (end < words.size() && words[end].text == "!") ++end;
  return end >= words.size() || is_own_option(words[end].text);
}

// The match that the word is in, with its `!`.
void take_match_out(std::span<const Word> words, std::size_t word, std::set<std::size_t>& out) {
  auto option = option_of(words, word);
  auto begin = is_negated(words, word) ? option - 1 : option;
  auto end = option + 1;
  while (end < words.size() && !is_option(words[end].text) && words[end].text != "!") ++end;
  if (is_all_of_match(words, begin, option, end)) begin -= 2;
  for (auto at = begin; at < end; ++at) out.insert(at);
}

}  // namespace

bool takes_addresses(std::string_view option) {
  constexpr std::array<std::string_view, 6> kOptions = {"-s", "--source",      "--src",
                                                        "-d", "--destination", "--dst"};
  return contains(kOptions, option);
}

Result<WhileAway> while_away(std::span<const Word> words, std::span<const UsedVariable> used,
                             std::string_view target) {
  WhileAway away;
  bool closes = target == "DROP" || target == "REJECT";
  // Of each variable the use that has the worst outcome.
  std::map<HostVariable, std::pair<Outcome, const UsedVariable*>> told;
  auto worst = Outcome::kHolds;
  for (const auto& one : used) {
    auto outcome = outcome_of(words, one, closes);
    if (outcome == Outcome::kHolds) TRY_VOID(refuse_several(words, one));
    if (outcome == Outcome::kStandsWithout) take_match_out(words, one.word, away.words_that_go);
    worst = std::max(worst, outcome);
    if (one.value.standing == Standing::kLive) continue;
    auto [at, is_new] = told.try_emplace(one.variable, outcome, &one);
    if (!is_new && outcome > at->second.first) at->second = {outcome, &one};
  }
  for (const auto& [variable, what] : told) {
    // Of a rule that is left out, what would stand in for another variable is no news.
    if (worst == Outcome::kIsLeftOut && what.first != worst) continue;
    away.warnings.push_back(warning_of(*what.second, what.first));
    if (worst == Outcome::kIsLeftOut && away.left_out.empty()) away.left_out = what.second->value.why;
  }
  return away;
}

}  // namespace pyfw
