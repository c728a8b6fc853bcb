#include "shadow/overlaps.h"

#include <algorithm>
#include <bit>

namespace pyfw {
namespace {

constexpr std::size_t kWord = 64;
// Where more rules than these ask for the same, they are put together once; but only so often, as each time
// takes a bit of every rule.
constexpr std::size_t kMany = 16;
constexpr std::size_t kMostKnown = 256;

std::uint64_t bit_of(std::size_t rule) { return std::uint64_t{1} << rule % kWord; }

}  // namespace

void Overlaps::add(std::span<const Extent> asked) {
  auto rule = static_cast<std::uint32_t>(size_++);
  for (const auto& extent : asked) {
    auto* found = std::ranges::find(kSides, extent.look);
    if (found == kSides.end()) continue;
    auto& side = sides_[static_cast<std::size_t>(found - kSides.begin())];
    side.asking.push_back(rule);
    for (const auto& range : extent.ranges) side.spans.add(range, rule);
  }
}

void Overlaps::settle() {
  for (auto& side : sides_) {
    side.spans.settle();
    side.open.assign((size_ + kWord - 1) / kWord, ~std::uint64_t{0});
    for (auto rule : side.asking) side.open[rule / kWord] &= ~bit_of(rule);
  }
}

const Overlaps::Bits& Overlaps::matching(Side& side, const NumberRange& range) {
  if (auto found = side.known.find({range.first, range.last}); found != side.known.end())
    return found->second;
  here_ = side.open;
  std::size_t count = 0;
  side.spans.visit(range, [&](std::uint32_t rule) {
    here_[rule / kWord] |= bit_of(rule);
    ++count;
  });
  if (count > kMany && side.known.size() < kMostKnown)
    side.known.emplace(std::pair(range.first, range.last), here_);
  return here_;
}

std::vector<std::uint32_t> Overlaps::before(std::size_t end, const Packets& packets) {
  Bits left((end + kWord - 1) / kWord, ~std::uint64_t{0});
  if (end % kWord != 0) left.back() = bit_of(end) - 1;
  for (std::size_t i = 0; i < kSides.size(); ++i) {
    if (sides_[i].asking.empty()) continue;
    const auto& here = matching(sides_[i], packets[i]);
    std::uint64_t any = 0;
    for (std::size_t word = 0; word < left.size(); ++word) any |= left[word] &= here[word];
    if (any == 0) return {};
  }
  std::vector<std::uint32_t> out;
  for (std::size_t word = 0; word < left.size(); ++word)
    for (auto bits = left[word]; bits != 0; bits &= bits - 1)
      out.push_back(
          static_cast<std::uint32_t>(word * kWord + static_cast<std::size_t>(std::countr_zero(bits))));
  return out;
}

}  // namespace pyfw
