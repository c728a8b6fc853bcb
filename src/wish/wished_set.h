// Wished sets and their members, as text that ipset takes; and the sets of a host with those wishes
// fulfilled.

#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "nf/state.h"
#include "wish/wishes.h"

namespace pyfw {

struct WishedMembers {
  const std::vector<Located>* written = nullptr;      // as they stand in the wishes
  std::optional<std::vector<std::string>> spelled{};  // as ipset shows them, where that differs: a range
                                                      // may be many
  bool all_spelled = true;                            // surely as ipset shows them, if the set masks none

  [[nodiscard]] std::vector<std::string_view> texts() const;
};

struct WishedSet {
  const SetWish* wish = nullptr;
  std::string type{};
  std::string header{};  // for `create`: the wished options, the family first
  // The wished options as the kernel shows them, which leaves defaults out; none before it was asked.
  std::optional<SetOptions> spelled_options{};
  WishedMembers equal{};
  WishedMembers include{};
  WishedMembers exclude{};
};

// The result refers to the wishes. Fails with the place: a set without type, a member that is a host name, of
// the other family or with another number of parts than the type has.
Result<std::vector<WishedSet>> write_sets(const Wishes& wishes, const State& live);

// What is not wished stays as it is: other sets, other options.
Sets sets_with_wishes(const Sets& live, const std::vector<WishedSet>& wished);

// Whether the live set can hold the wishes as it is: the same type, and every wished option that matters.
// Else, in words, what differs.
std::string difference(const Set& live, const WishedSet& wished);

}  // namespace pyfw
