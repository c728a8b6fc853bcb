// The engine against a rival in memory: no edit of the rival is undone, no rule of it moves or stands twice,
// and ours are where they were wished when the apply ends.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "engine/apply.h"
#include "judge.h"
#include "keep/store_for_tests.h"
#include "memory_host.h"
#include "wish/wishes_for_tests.h"

namespace pyfw::races {
namespace {

class StoppedClock : public Clock {
 public:
  [[nodiscard]] std::int64_t now() const override { return 0; }
  [[nodiscard]] std::string boot() const override { return "boot"; }
  [[nodiscard]] std::string time_of_day(std::int64_t /*at*/) const override {
    return "2026-11-20 13:19:59 UTC";
  }
  [[nodiscard]] bool is_alive(std::int64_t /*pid*/, std::uint64_t /*started*/) const override {
    return false;
  }
};

constexpr auto kGivenUp = "others write the rules again and again";

class MemoryRace : public testing::TestWithParam<unsigned> {
 protected:
  MemoryRace() : host_(std::make_shared<MemoryHost>(GetParam())), random_(GetParam()) {
    ensure_chain(host_->state.iptables, "filter", "DOCKER");
    ensure_chain(host_->state.iptables, "filter", "DOCKER-USER").rules = {Rule{"-j RETURN"}};
    for (const auto* chain : {"INPUT", "FORWARD"})
      ensure_chain(host_->state.iptables, "filter", chain).policy = "ACCEPT";
    ensure_chain(host_->state.iptables, "mangle", "PREROUTING").policy = "ACCEPT";
  }

  void apply_once(int number) {
    auto wish = random_wish(random_);
    auto yaml = as_yaml(wish);
    host_->busy = random_() % 3 == 0 ? 0 : static_cast<unsigned>(random_() % 45);
    MemoryKernel kernel(host_);
    auto applied = apply([&] { return wishes_from({yaml}); }, kernel, store_, clock_, {}, {}, {}, {}, {});
    host_->busy = 0;
    auto given_up = !applied && applied.error().message.find(kGivenUp) != std::string::npos;
    ASSERT_TRUE(applied || given_up) << "apply " << number << ": " << render(applied.error()) << yaml;
    auto judgement = judge(
        host_->state, host_->standing(),
        applied ? std::optional(Fulfilled{.wish = wish, .seen = kernel.convinced_at() + 1}) : std::nullopt);
    for (const auto* words : {&judgement.lost, &judgement.misplaced})
      for (const auto& word : *words) ADD_FAILURE() << "apply " << number << ": " << word << "\n" << yaml;
  }

  std::shared_ptr<MemoryHost> host_;
  MemoryStore store_;
  StoppedClock clock_;
  std::mt19937 random_;
};

TEST_P(MemoryRace, LosesNothingAndEndsAsWished) {
  for (int i = 1; i <= 40 && !HasFailure(); ++i) apply_once(i);
}

INSTANTIATE_TEST_SUITE_P(OfSeed, MemoryRace, testing::Range(0U, 20U));

}  // namespace
}  // namespace pyfw::races
