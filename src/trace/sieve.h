// Passes over rules that can't match, eight at a time, so that only the few that may have to be looked at.
//
//   Sieve sieve(rules);
//   for (auto i = sieve.next(key, 0); i < rules.size(); i = sieve.next(key, i + 1)) …
//
// Each rule is four words and four masks of what it asks for: it can match only if the packet's words are the
// same under the masks. What does not fit in there (ranges, inverted matches, sets) is left out.

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "ext/evaluate.h"

namespace pyfw {

inline constexpr std::size_t kSieveWords = 4;

// Source, destination, protocol with destination port and conntrack's state, and both interfaces.
using SieveKey = std::array<std::uint32_t, kSieveWords>;

SieveKey sieve_key(const Encounter& encounter);
// What of such a key is the same for many packets: all but these.
struct SieveOpen {
  bool source = false;
  bool destination = false;
  bool destination_port = false;
};
SieveKey sieve_mask(const SieveOpen& open);

class Sieve {
 public:
  void add(const CompiledRule& rule);

  // The first rule from there on that may match; the number of rules, or more, where there is none.
  [[nodiscard]] std::size_t next(const SieveKey& key, std::size_t from) const;
  // That may match one of the packets that have the key's bits under the mask.
  [[nodiscard]] std::size_t next(const SieveKey& key, const SieveKey& mask, std::size_t from) const;

 private:
  static constexpr std::size_t kWidth = 8;
  // Four rules at a time: what g++ and clang make of it on every machine is as wide as that machine.
  using Four = std::uint32_t __attribute__((vector_size(16)));
  struct Lane {
    std::array<std::array<Four, 2>, kSieveWords> values{};
    std::array<std::array<Four, 2>, kSieveWords> masks{};
  };
  // Which of the eight may match, as bits.
  static std::uint32_t hits(const Lane& lane, const SieveKey& key, const SieveKey& mask);

  std::size_t size_ = 0;
  std::vector<Lane> lanes_{};
};

}  // namespace pyfw
