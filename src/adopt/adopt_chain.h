// One chain of a state as wishes.

#pragma once

#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "adopt/adopt.h"
#include "adopt/adopted.h"
#include "adopt/left_out.h"
#include "adopt/maintainers.h"
#include "adopt/wishable.h"

namespace pyfw {

// What a chain's wishes hang on besides the chain.
struct AdoptContext {
  const AdoptOptions& options;
  const Maintainers* maintainers = nullptr;  // null keeps what others maintain
  Wishable& wishable;
  LeftOut& left_out;
  const std::set<const Rule*>& loops;  // rules whose jumps lead back, which no host has
  bool needs_dollar = false;
};

// For each rule its words, in which variables may stand; none: the rules' own.
using ChainWords = std::vector<std::vector<std::string>>;

// Nothing where nothing in it is the owner's.
std::optional<AdoptedChain> adopt_chain(const ChainId& id, const Chain& chain, const ChainWords* words,
                                        AdoptContext& context);

}  // namespace pyfw
