#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/random/cases.h"
#include "tests/random/shrunk.h"
#include "tests/refute/trial.h"

namespace pyfw {
namespace {

std::uint64_t some_seed() { return static_cast<std::uint64_t>(any(1 << 30)); }

const World& world_of(Family family) { return family == Family::kIpv4 ? kIpv4World : kIpv6World; }

// Mostly what one of its packets does: of what is wrong on the face of it not much is proved.
Expected some_outcome(const RandomHost& host, const std::string& ends) {
  auto out = static_cast<Expected>(any(4));
  if (any(4) == 0) return out;
  Trial trial(host, {.ends = ends, .is = out});
  auto packet = trial.some_packet(some_seed());
  auto outcome = packet ? trial.outcome_of(*packet) : std::nullopt;
  if (!outcome) return out;
  switch (*outcome) {
    case FlowOutcome::kWorks: return Expected::kWorks;
    case FlowOutcome::kRefused: return any(2) == 0 ? Expected::kRefused : Expected::kNotWorks;
    case FlowOutcome::kDropped: return any(2) == 0 ? Expected::kDropped : Expected::kNotWorks;
    case FlowOutcome::kDepends: break;
  }
  return out;
}

Statement some_statement(RandomHost& host) {
  auto ends = any(3) == 0 ? guarded_ends(host) : random_ends(host);
  return {.ends = ends, .is = some_outcome(host, ends)};
}

std::optional<Wrong> wrong_again(const RandomHost& host, const Statement& statement, const Wrong& wrong) {
  Trial trial(host, statement);
  auto answer = trial.wrong_answer();
  if (!wrong.packet) return answer;
  return trial.wrong_of(*wrong.packet);
}

// With as few rules and members as still show it.
std::string told(const RandomHost& host, const Statement& statement, const Wrong& wrong) {
  auto small = host;
  small.rules = shrunk(host.rules, [&](const std::vector<Rules>& some) {
    auto smaller = host;
    smaller.rules = some;
    return wrong_again(smaller, statement, wrong).has_value();
  });
  auto found = wrong_again(small, statement, wrong);
  auto out = fmt::format("{}\n{}\n", (found ? *found : wrong).what, text_of(statement));
  for (const auto& rules : small.rules) out += fmt::format("-- rules:\n{}", telling_of(rules));
  return out;
}

class Statements : public testing::TestWithParam<Family> {};

TEST_P(Statements, AreBrokenByNoPacketOfWhatIsProvedAndByThoseThatAreNamed) {
  constexpr int kUsual = 400;
  constexpr std::size_t kUsualPackets = 200;
  auto soak = told_by(kSoakOfRefute);
  auto count = soak ? std::max(*soak / 10, 1) : kUsual;
  auto packets = soak ? 5 * kUsualPackets : kUsualPackets;
  Tally tally;
  check_cases(count, static_cast<std::uint64_t>(GetParam()), [&] {
    auto host = random_host(world_of(GetParam()));
    auto statement = some_statement(host);
    Trial trial(host, statement);
    if (auto wrong = trial.first_wrong(packets, some_seed())) RC_FAIL(told(host, statement, *wrong));
    tally.add(trial.tally());
  });
  std::cerr << in_words(tally) << "\n";
  EXPECT_GT(tally.with_choice, 0);
  EXPECT_GT(tally.refuted, 0);
  EXPECT_GT(tally.depending, 0);
}

class Proofs : public testing::TestWithParam<Family> {};

TEST_P(Proofs, OfASampleWithstandManyPackets) {
  constexpr int kUsual = 1000;
  constexpr std::uint64_t kOtherDice = 1000;
  auto soak = told_by(kSoakOfRefute);
  auto attempts = static_cast<std::size_t>(soak.value_or(kUsual));
  const int proofs = soak ? 25 : 3;
  constexpr int kHosts = 100;  // that are asked before there is none to prove something of
  Tally tally;
  check_cases(proofs, kOtherDice + static_cast<std::uint64_t>(GetParam()), [&] {
    for (int i = 0; i < kHosts; ++i) {
      auto host = random_host(world_of(GetParam()));
      auto statement = some_statement(host);
      Trial first(host, statement);
      constexpr std::size_t kFew = 100;
      if (auto wrong = first.first_wrong(kFew, some_seed())) RC_FAIL(told(host, statement, *wrong));
      if (first.tally().with_choice == 0) continue;
      Trial trial(host, statement);
      if (auto wrong = trial.first_wrong(attempts, some_seed())) RC_FAIL(told(host, statement, *wrong));
      tally.add(trial.tally());
      return;
    }
  });
  std::cerr << in_words(tally) << "\n";
  EXPECT_EQ(tally.proved, proofs);
}

auto name_of_family(const testing::TestParamInfo<Family>& info) {
  return std::string(info.param == Family::kIpv4 ? "Ipv4" : "Ipv6");
}

INSTANTIATE_TEST_SUITE_P(About, Statements, testing::ValuesIn(kFamilies), name_of_family);
INSTANTIATE_TEST_SUITE_P(About, Proofs, testing::ValuesIn(kFamilies), name_of_family);

}  // namespace
}  // namespace pyfw
