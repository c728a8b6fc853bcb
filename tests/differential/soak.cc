// Packets through random hosts, as many as one has the time for: the kernel's trace against the library's.
//
//   pyfw_packets [PACKETS [SEED [BACKENDS]]]       BACKENDS: nft, legacy, both; all three in turn if left out

#include <fmt/format.h>

#include <chrono>
#include <cstdio>
#include <random>
#include <span>

#include "base/strings.h"
#include "campaign.h"

namespace pyfw::differential {
namespace {

constexpr unsigned long kPackets = 1'000'000;
constexpr auto kTellEvery = std::chrono::seconds(30);

struct Round {
  std::string_view name;
  std::vector<Backend> backends;
};

const std::vector<Round> kRounds = {{.name = "nft", .backends = {Backend::kNft}},
                                    {.name = "legacy", .backends = {Backend::kLegacy}},
                                    {.name = "both", .backends = {Backend::kNft, Backend::kLegacy}}};

bool run(const Round& round, std::size_t packets, std::uint64_t seed) {
  fmt::print("== {}, seed {}\n", round.name, seed);
  std::fflush(stdout);
  auto told = std::chrono::steady_clock::now();
  auto figures = run_campaign(
      {.packets = packets, .seed = seed, .backends = round.backends, .most_differences = 10},
      [&](const Figures& now) {
        if (std::chrono::steady_clock::now() - told < kTellEvery) return;
        told = std::chrono::steady_clock::now();
        fmt::print("{} of {} packets, {} differences\n", now.packets, packets, now.differences.size());
        std::fflush(stdout);
      });
  if (!figures) {
    fmt::print(stderr, "{}\n", render(figures.error()));
    return false;
  }
  for (const auto& difference : figures->differences) fmt::print("\n{}\n", difference);
  fmt::print("{}\n", in_words(*figures));
  std::fflush(stdout);
  return figures->differences.empty();
}

int main(std::span<char* const> arguments) {
  auto packets = arguments.size() > 1 ? parse_number(arguments[1]) : kPackets;
  auto seed = arguments.size() > 2 ? parse_number(arguments[2]) : std::random_device()();
  std::string_view only = arguments.size() > 3 ? arguments[3] : "";
  if (!packets || !seed || arguments.size() > 4) {
    fmt::print(stderr, "usage: pyfw_packets [PACKETS [SEED [nft|legacy|both]]]\n");
    return 2;
  }
  bool good = true;
  for (const auto& round : kRounds) {
    if (!only.empty() && only != round.name) continue;
    good = run(round, only.empty() ? *packets / kRounds.size() : *packets, *seed) && good;
  }
  return good ? 0 : 1;
}

}  // namespace
}  // namespace pyfw::differential

int main(int argc, char** argv) { return pyfw::differential::main({argv, static_cast<std::size_t>(argc)}); }
