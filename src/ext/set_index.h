// Sets, so that a packet is looked up in them as the kernel does it, however many members they have.
//
//   SetIndex index(state.sets);
//   index.test({.name = "allowed_hosts", .sources = 1}, encounter)     // kYes, kNo, or kDepends

#pragma once

#include <memory>
#include <span>
#include <string_view>

#include "base/by_text.h"
#include "ext/answer.h"
#include "ext/conditions.h"
#include "ext/encounter.h"
#include "ext/indexed_set.h"
#include "nf/set.h"

namespace pyfw {

class SetIndex {
 public:
  SetIndex() = default;
  explicit SetIndex(std::span<const Set> sets);
  // Sets that are the same in `others`, of which that is the index, are indexed once.
  SetIndex(std::span<const Set> sets, std::span<const Set> others, const SetIndex& of_others);

  // Whether the packet is a member, `inverted` aside. Depends where there is no such set, where it has a
  // member that nobody here can read, and where it asks for a MAC that is not known.
  [[nodiscard]] Answer test(const InSet& asked, const Encounter& encounter) const;

 private:
  [[nodiscard]] Membership test_list(const IndexedSet& list, const InSet& asked,
                                     const Encounter& encounter) const;
  [[nodiscard]] Membership test_set(const IndexedSet& set, const InSet& asked,
                                    const Encounter& encounter) const;

  // Each has its name, which the table's keys are.
  std::vector<std::shared_ptr<const IndexedSet>> sets_;
  ByText<const IndexedSet*> by_name_;
};

}  // namespace pyfw
