// What a TracedHost works on.

#pragma once

#include <array>
#include <cstddef>
#include <limits>
#include <string_view>
#include <vector>

#include "base/by_text.h"
#include "ext/evaluate.h"
#include "ext/set_index.h"
#include "trace/host_surroundings.h"
#include "trace/routes.h"
#include "trace/sieve.h"
#include "trace/traced_host.h"

namespace pyfw {

inline constexpr ChainIndex kNoChain = std::numeric_limits<ChainIndex>::max();

struct ChainRule {
  CompiledRule compiled;
  ChainIndex to = kNoChain;  // of a jump
};

// What a packet passes in a hook, in the order of the kernel's priorities.
enum class Stage : std::uint8_t {
  kRaw,
  kConntrack,
  kMangle,
  kNat,
  kFilter,
  kSecurity,
  kNftSecurity,
  kConfirm
};

struct Stop {
  Stage stage = Stage::kRaw;
  std::vector<ChainIndex> chains{};  // the builtin chains of the backends that have the table
};

struct CompiledHost {
  explicit CompiledHost(const HostState& host);
  // The sets of the other one, which is compiled, are indexed once where they are the same.
  CompiledHost(const HostState& host, const HostState& other, const CompiledHost& compiled_other);

  [[nodiscard]] const std::vector<Stop>& stops(Family family, Hook hook) const {
    return stops_[static_cast<std::size_t>(family)][static_cast<std::size_t>(hook)];
  }
  // Whether conntrack looks at packets of the family at all: some rule must need it.
  [[nodiscard]] bool tracks(Family family) const { return tracks_[static_cast<std::size_t>(family)]; }
  [[nodiscard]] const Interface* interface(std::string_view name) const;

  std::vector<TracedChain> chains{};
  std::vector<std::vector<ChainRule>> rules{};  // of each chain
  std::vector<Sieve> sieves{};                  // of each chain's rules
  Facts facts;
  Routes routes;
  SetIndex sets;
  HostSurroundings surroundings;

 private:
  CompiledHost(const HostState& host, SetIndex index);
  void add(Backend backend, Family family, const Ruleset& ruleset);
  void resolve_jumps(std::size_t first);
  void order_stops();

  std::array<std::array<std::vector<Stop>, 5>, 2> stops_{};
  std::array<bool, 2> tracks_{};
};

}  // namespace pyfw
