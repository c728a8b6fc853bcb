#include "deeds.h"

#include <array>

namespace pyfw::races {
namespace {

constexpr std::array kChains = {"FORWARD", "FORWARD", "INPUT", "DOCKER"};

}  // namespace

Edit Deeds::insertion(const std::string& chain) {
  auto at_head = chain == "INPUT" || any(3) > 0;
  return {.kind = at_head ? Edit::Kind::kAtHead : Edit::Kind::kAtEnd, .chain = chain, .serial = ++serial_};
}

// Mostly one edit; now and then, as when Docker starts, a jump that moves to the head and others that come.
Deed Deeds::next() {
  Deed deed;
  std::string chain = kChains[any(kChains.size())];
  const auto& rules = standing_[chain];
  if (any(2 * most_rules_) < rules.size())
    deed.edits.push_back(
        {.kind = Edit::Kind::kDelete, .chain = chain, .serial = rules[any(rules.size())].serial});
  bool is_batch = any(8) == 0;
  if (deed.edits.empty() || is_batch) deed.edits.push_back(insertion(chain));
  if (is_batch)
    for (const auto* other : {"FORWARD", "DOCKER"}) deed.edits.push_back(insertion(other));
  return deed;
}

}  // namespace pyfw::races
