#include "ext/set_index.h"

#include <algorithm>

namespace pyfw {
namespace {

// `--return-nomatch` turns it round for the types that know nomatch: those with a net.
Membership with_nomatch_returned(Membership found, const SetLayout& layout) {
  if (std::ranges::find(layout.parts, SetPart::kNet) == layout.parts.end()) return found;
  if (found == Membership::kMember) return Membership::kNomatch;
  return found == Membership::kNomatch ? Membership::kMember : found;
}

}  // namespace

SetIndex::SetIndex(std::span<const Set> sets) : SetIndex(sets, {}, {}) {}

SetIndex::SetIndex(std::span<const Set> sets, std::span<const Set> others, const SetIndex& of_others) {
  for (const auto& set : sets) {
    auto same = std::ranges::find(others, set);
    sets_.push_back(same == others.end() ? std::make_shared<const IndexedSet>(set)
                                         : of_others.sets_[static_cast<std::size_t>(same - others.begin())]);
    by_name_.emplace(sets_.back()->name(), sets_.back().get());
  }
}

Answer SetIndex::test(const InSet& asked, const Encounter& encounter) const {
  auto found = by_name_.find(asked.name);
  if (found == by_name_.end()) return Answer::kDepends;
  const auto& set = *found->second;
  auto membership = set.layout().is_list ? test_list(set, asked, encounter) : test_set(set, asked, encounter);
  if (membership == Membership::kUnknown) return Answer::kDepends;
  return answer_of(membership == Membership::kMember);
}

Membership SetIndex::test_set(const IndexedSet& set, const InSet& asked, const Encounter& encounter) const {
  if (set.layout().is_known && asked.dimensions < set.layout().dimensions()) return Membership::kNone;
  auto found = set.find(asked.sources, encounter);
  return asked.return_nomatch ? with_nomatch_returned(found, set.layout()) : found;
}

// The kernel lets no list be in a list.
Membership SetIndex::test_list(const IndexedSet& list, const InSet& asked, const Encounter& encounter) const {
  auto best = Membership::kNone;
  for (const auto& name : list.listed()) {
    auto found = by_name_.find(name);
    bool can_be_asked = found != by_name_.end() && !found->second->layout().is_list;
    auto membership = can_be_asked ? test_set(*found->second, asked, encounter) : Membership::kUnknown;
    if (membership == Membership::kMember) return membership;
    if (membership == Membership::kUnknown) best = membership;
  }
  return best;
}

}  // namespace pyfw
