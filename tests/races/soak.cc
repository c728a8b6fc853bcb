// Races of pyfw against a rival that never pauses, as many as one has the time for.
//
//   pyfw_soak [APPLIES [SEED [BACKEND]]]       BACKEND: nft or legacy; one after the other if left out

#include <fmt/format.h>

#include <chrono>
#include <cstdio>
#include <random>
#include <span>

#include "base/strings.h"
#include "race.h"

namespace pyfw::races {
namespace {

using Clock = std::chrono::steady_clock;

constexpr unsigned long kApplies = 10'000;
// More than that many of a hundred given up means that pyfw can't be relied on beside a busy rival.
constexpr std::uint64_t kMostGivenUp = 3;
constexpr auto kTellEvery = std::chrono::seconds(30);

bool is_good(const Figures& figures) {
  return figures.lost == 0 && figures.misplaced == 0 &&
         100 * figures.given_up <= kMostGivenUp * figures.applies;
}

std::string_view name_of(lab::Backend backend) { return backend == lab::Backend::kNft ? "nft" : "legacy"; }

Result<bool> run(lab::Backend backend, unsigned long applies, unsigned seed) {
  fmt::print("== {}, seed {}\n", name_of(backend), seed);
  std::fflush(stdout);
  TRY(auto race, Race::begin(backend, Pace::kWithoutPause, seed));
  auto told = Clock::now();
  for (unsigned long i = 0; i < applies; ++i) {
    TRY_VOID(race.apply_once());
    if (Clock::now() - told < kTellEvery) continue;
    told = Clock::now();
    const auto& now = race.figures();
    fmt::print("{} of {} applies: {} done, {} given up; {} foreign edits, {} lost, {} misplaced\n",
               now.applies, applies, now.done, now.given_up, now.foreign_edits, now.lost, now.misplaced);
    std::fflush(stdout);
  }
  fmt::print("{}\n", in_words(race.figures()));
  std::fflush(stdout);
  return is_good(race.figures());
}

int main(std::span<char* const> arguments) {
  auto applies = arguments.size() > 1 ? parse_number(arguments[1]) : kApplies;
  auto seed = arguments.size() > 2 ? parse_number(arguments[2]) : std::random_device()();
  std::string_view only = arguments.size() > 3 ? arguments[3] : "";
  if (!applies || !seed || arguments.size() > 4) {
    fmt::print(stderr, "usage: pyfw_soak [APPLIES [SEED [nft|legacy]]]\n");
    return 2;
  }
  bool good = true;
  for (auto backend : {lab::Backend::kNft, lab::Backend::kLegacy}) {
    if (!only.empty() && only != name_of(backend)) continue;
    auto ended = run(backend, *applies, static_cast<unsigned>(*seed));
    if (!ended) fmt::print(stderr, "{}\n", render(ended.error()));
    good = good && ended && *ended;
  }
  return good ? 0 : 1;
}

}  // namespace
}  // namespace pyfw::races

int main(int argc, char** argv) { return pyfw::races::main({argv, static_cast<std::size_t>(argc)}); }
