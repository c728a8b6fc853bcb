// The library against the kernel on random hosts: 20,000 packets, the same in each run. More of them, and
// others each time: ./dev soak packets.

#include "campaign.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

namespace pyfw::differential {
namespace {

using Backends = std::vector<Backend>;

class KernelIsTheJudge : public testing::Test {
 protected:
  void SetUp() override {
    if (geteuid() != 0) GTEST_SKIP() << "network namespaces are not to be had here";
  }
  static void hold(std::size_t packets, std::uint64_t seed, const Backends& backends) {
    auto figures = run_campaign({.packets = packets, .seed = seed, .backends = backends});
    ASSERT_TRUE(figures) << render(figures.error());
    fmt::print("{}\n", in_words(*figures));
    EXPECT_GE(figures->packets, packets);
    for (const auto& difference : figures->differences)
      ADD_FAILURE() << "seed " << seed << "\n" << difference;
    // What is never certain could not be wrong either.
    EXPECT_GT(10 * figures->certain, 8 * figures->packets);
  }
};

TEST_F(KernelIsTheJudge, OfPacketsThroughNft) { hold(7'000, 1, {Backend::kNft}); }
TEST_F(KernelIsTheJudge, OfPacketsThroughLegacy) { hold(7'000, 1001, {Backend::kLegacy}); }
TEST_F(KernelIsTheJudge, OfPacketsThroughBothBackends) {
  hold(6'000, 2001, {Backend::kNft, Backend::kLegacy});
}

}  // namespace
}  // namespace pyfw::differential
