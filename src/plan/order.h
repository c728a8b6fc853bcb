// The order in which the edits of several chains are made.
//
// Chains are taken in the order of their names, each from the top down. Where that would let a packet
// through that neither the old nor the new state lets through (an ACCEPT goes in before the DROP that
// guards it in another chain), or would shut the host's own ports to someone whom both let in, the edits
// are made in the order in which a packet meets the rules instead.

#pragma once

#include <string>
#include <vector>

#include "nf/desired.h"
#include "plan/plan.h"

namespace pyfw {

struct ChainChange {
  ChainId chain;
  ChainEdits edits;
};

struct OrderedEdits {
  std::vector<Step> early;
  std::vector<Step> late;
  std::vector<std::string> caveats;
};

// `changes` come in the order of the chains' names.
OrderedEdits order_edits(const State& live, const State& desired, std::vector<ChainChange> changes);

}  // namespace pyfw
