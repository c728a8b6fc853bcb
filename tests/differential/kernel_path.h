// What the kernel did with one packet, by its own account, in an order that it kept: the rules that matched,
// the hooks that it came to and got through, and where it came out.

#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "ext/encounter.h"
#include "nf/backend.h"

namespace pyfw::differential {

// A rule that matched, or the policy of a builtin chain. Where a user chain ends nothing is recorded: what
// comes next says enough.
struct Step {
  Backend backend = Backend::kNft;
  std::string table;
  std::string chain;
  std::optional<std::size_t> rule{};  // from 0, in the order of iptables-save; none: the policy

  bool operator==(const Step&) const = default;
};

// The packet at the begin of a hook, before all tables, or at its end, after all of them.
struct Passage {
  Hook hook = Hook::kPrerouting;
  bool is_end = false;
  Packet packet;
  std::uint32_t mark = 0;
};

// A packet that came out at the far end of a wire.
struct Emerged {
  std::string interface;  // of the host, that it left by
  Packet packet;
};

struct KernelPath {
  std::vector<Step> steps{};  // of nft in order, then of legacy in order
  std::vector<Passage> passages{};
  std::vector<Emerged> emerged{};
};

std::string in_words(const Step& step);
std::string in_words(const KernelPath& path);

std::string_view name_of(Hook hook);  // "PREROUTING"

}  // namespace pyfw::differential
