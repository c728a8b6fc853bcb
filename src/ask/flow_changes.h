// Which flows a change lets through, or keeps out, that were treated otherwise before, in words.
//
//   auto changes = flow_changes(now, then);
//   print_out(as_text(*changes, colour));

#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "ask/flows.h"
#include "ask/source_names.h"
#include "prove/difference.h"

namespace pyfw {

// Connections of which the same becomes, before and afterwards.
struct FlowChange {
  // "new", and "open": what their clients send when they were opened before.
  std::vector<std::string> connections{};
  std::vector<std::string> protocols{};  // names; empty: any
  std::vector<std::string> families{};   // "IPv4", "IPv6"
  SourceNames::Called from{};
  std::vector<std::string> interfaces{};  // that they come in by; empty: the host's own
  SourceNames::Called to{};
  std::string ports{};                // "22", "1-1023"; empty: any, or none
  std::string conditions{};           // what else must be so
  std::vector<std::string> before{};  // "works", "refused", "works, as 172.17.0.2:80"; each that it may be
  std::vector<std::string> after{};

  bool operator==(const FlowChange&) const = default;
};

struct FlowChanges {
  std::vector<FlowChange> lines{};
  // Why nobody can tell what becomes of connections that are open: then the lines are of new ones.
  std::optional<Error> open_untold{};
};

// "works, as 172.17.0.2:80".
inline constexpr std::string_view kLedTo = ", as ";
std::string words_of(const Fate& fate);

// The hosts must differ in nothing but rules and sets. First new ones, and of them what works afterwards.
// Nothing where nobody knows the interfaces. Fails where there are too many ways to look at even of new ones.
Result<FlowChanges> flow_changes(const Scene& before, const Scene& after,
                                 std::size_t most_nodes = Bdd::kMostNodes);

// At most so many lines, in which many published ports are one; control characters are made visible.
inline constexpr std::size_t kMostFlowLines = 20;
std::string as_text(const FlowChanges& changes, bool colour);

}  // namespace pyfw
