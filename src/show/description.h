// What a plan changes, told to people and programs: chain by chain as a diff, set by set, and in total. It is
// about where things stand before and after, not about the steps between.
//
//   auto description = describe(live, desired);
//   print_out(as_text(description, colour));      // text.h
//   print_out(as_json(description, remarks));     // json.h

#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "nf/desired.h"

namespace pyfw {

// A rule in a chain's diff. Indexes count from 1, as in `-I CHAIN n`; 0 where it does not stand.
struct RuleLine {
  enum class Kind : std::uint8_t {
    kKept,      // unchanged, shown for its neighbours' sake
    kInserted,  // `to`
    kRemoved,   // `from`
    kMoved,     // `from` and `to`
    kReplaced,  // a rule of the same name stood at `from`
  };
  Kind kind = Kind::kKept;
  std::string name{};            // of its wish; empty for a rule without comment
  Rule rule{};                   // as it shall stand; one that is removed, as it stood
  std::optional<Rule> before{};  // of kReplaced
  std::size_t from = 0;          // in the live chain
  std::size_t to = 0;            // in the desired chain

  bool operator==(const RuleLine&) const = default;
};

struct PolicyChange {
  std::string before;
  std::string after;

  bool operator==(const PolicyChange&) const = default;
};

struct ChainDescription {
  ChainId id;
  bool is_new = false;
  bool is_removed = false;
  std::optional<PolicyChange> policy{};
  // In the desired order; what goes is shown where it stood, above what comes there. Unchanged rules only
  // near a change.
  std::vector<RuleLine> lines{};
  std::size_t rules_after = 0;

  bool operator==(const ChainDescription&) const = default;
};

struct SetShape {
  std::string type;
  std::string header;

  bool operator==(const SetShape&) const = default;
};

struct SetDescription {
  std::string name;
  std::optional<SetShape> before{};  // none for a new set
  std::optional<SetShape> after{};   // none for one that goes
  // Members as `ipset save` writes them. One whose element stays but whose extras (a comment, say) differ is
  // `changed`, shown as it shall be.
  std::vector<std::string> added{};
  std::vector<std::string> removed{};
  std::vector<std::string> changed{};
  // All members of a list:set, where it is not just a matter of appending to those that stay.
  std::vector<std::string> order{};

  [[nodiscard]] bool is_replaced() const { return before && after && *before != *after; }
  bool operator==(const SetDescription&) const = default;
};

struct Description {
  // iptables before ip6tables, tables and chains as documents show them (host/sorted.h); only those that
  // change.
  std::vector<ChainDescription> chains;
  std::vector<SetDescription> sets;

  [[nodiscard]] bool empty() const { return chains.empty() && sets.empty(); }
  bool operator==(const Description&) const = default;
};

// O(n log n) in the rules of a chain. Never fails. Empty where there is nothing to do.
Description describe(const State& live, const Desired& desired);

}  // namespace pyfw
