// Every counterexample is sent as a real packet, and the kernel does what pyfw says that it does; of what is
// proved, packets at the borders of the rules break nothing.

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "changed_flows.h"
#include "judge.h"
#include "random_claims.h"
#include "situations.h"
#include "sys/namespace_for_tests.h"
#include "wish/wishes_for_tests.h"

namespace pyfw::proofs {
namespace {

using differential::Dice;
using testing::IsEmpty;

class KernelAgrees : public testing::Test {
 protected:
  void SetUp() override {
    if (geteuid() != 0) GTEST_SKIP() << "network namespaces are not to be had here";
  }

  static Judged judged(const std::vector<Claim>& claims, LiveHost& host, std::uint64_t seed,
                       std::vector<Finding>* found = nullptr) {
    auto wishes = expect(wishes_from({wishes_of(claims)}));
    auto findings = check(wishes.expectations, host.scene());
    Dice dice(seed);
    auto out = expect(judge(findings, host, dice));
    for (std::size_t i = 0; found != nullptr && i < findings.size(); ++i) {
      findings[i].expectation = nullptr;
      found->push_back(std::move(findings[i]));
    }
    return out;
  }
};

std::string reasons(const Finding& finding) {
  std::string out;
  for (const auto& answer : finding.answers)
    out += fmt::format("\n  {}: {}", title_of(answer.flow), answer.line);
  return out;
}

template <typename Tested>
struct OnBackend {
  Tested tested;
  Backend backend;
};

template <typename Tested>
void PrintTo(const OnBackend<Tested>& one, std::ostream* out) {
  *out << one.tested.name;
}

template <typename Tested>
std::vector<OnBackend<Tested>> on_both(std::vector<Tested> all) {
  std::vector<OnBackend<Tested>> out;
  for (auto& tested : all)
    for (auto backend : {Backend::kNft, Backend::kLegacy})
      out.push_back({.tested = tested, .backend = backend});
  return out;
}

constexpr auto kName = [](const auto& info) {
  return fmt::format("{}On{}", info.param.tested.name,
                     info.param.backend == Backend::kNft ? "Nft" : "Legacy");
};

class OfSituation : public KernelAgrees, public testing::WithParamInterface<OnBackend<Situation>> {};

TEST_P(OfSituation, WithEachProofAndEachCounterexample) {
  const auto& [situation, backend] = GetParam();
  auto host = expect(LiveHost::build({.topology = differential::topology_with_bridge(),
                                      .rules = rules_on(backend, situation.rules, situation.sets),
                                      .docker = docker_of_situations()}));
  std::vector<Finding> found;
  auto all = judged(situation.claims, host, 1, &found);
  fmt::print("{}\n", in_words(all));
  EXPECT_THAT(all.contradictions, IsEmpty());
  for (std::size_t i = 0; i < found.size(); ++i) {
    const auto& claim = situation.claims[i];
    EXPECT_EQ(word_of(found[i].standing), word_of(claim.standing))
        << claim.from << " to " << claim.to << " is " << claim.is << " " << found[i].error.message
        << reasons(found[i]);
  }
  EXPECT_GE(all.border_packets, all.proved);
}

INSTANTIATE_TEST_SUITE_P(All, OfSituation, testing::ValuesIn(on_both(situations())), kName);

class OfRandomHosts : public KernelAgrees {
 protected:
  static void hold(std::uint64_t first_seed, std::size_t hosts, const std::vector<Backend>& backends) {
    Judged all;
    for (std::uint64_t seed = first_seed; seed < first_seed + hosts; ++seed) {
      Dice dice(seed);
      auto scenario = random_host(dice, backends);
      auto host =
          expect(LiveHost::build({.topology = scenario.topology, .rules = differential::rules_of(scenario)}));
      auto here = judged(random_claims(dice, scenario), host, seed);
      EXPECT_THAT(here.contradictions, IsEmpty()) << "seed " << seed << "\n"
                                                  << differential::in_words(scenario);
      all += here;
    }
    fmt::print("{} hosts: {}\n", hosts, in_words(all));
    // What is never told could not be wrong either.
    EXPECT_GT(all.proved, 2 * hosts);
    EXPECT_GT(all.counterexamples, 5 * hosts);
    EXPECT_GT(all.border_packets, 5 * hosts);
  }
};

TEST_F(OfRandomHosts, OnNft) { hold(20, 30, {Backend::kNft}); }
TEST_F(OfRandomHosts, OnLegacy) { hold(1001, 10, {Backend::kLegacy}); }
TEST_F(OfRandomHosts, OnBothBackendsAtOnce) { hold(2001, 3, {Backend::kNft, Backend::kLegacy}); }

class OfChange : public KernelAgrees, public testing::WithParamInterface<OnBackend<Change>> {};

TEST_P(OfChange, WithWhatBecomesOfFlowsBeforeAndAfterwards) {
  const auto& [change, backend] = GetParam();
  auto host_with = [&](const std::map<Family, std::string>& rules) {
    return LiveHost::build({.topology = differential::topology_with_bridge(),
                            .rules = rules_on(backend, rules, change.sets),
                            .docker = docker_of_situations()});
  };
  auto before = expect(host_with(change.before));
  auto after = expect(host_with(change.after));
  auto all = expect(judge_changes(before, after));
  fmt::print("{} changes\n", all.changes);
  EXPECT_THAT(all.contradictions, IsEmpty());
  EXPECT_GT(all.changes, 0U);
}

INSTANTIATE_TEST_SUITE_P(All, OfChange, testing::ValuesIn(on_both(changes())), kName);

}  // namespace
}  // namespace pyfw::proofs
