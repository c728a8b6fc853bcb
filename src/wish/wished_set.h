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

struct WishedMember {
  std::string text;  // as the owner wrote it
  Place place;
};

struct WishedMembers {
  std::vector<WishedMember> written{};
  std::vector<std::string> spelled{};  // as the kernel shows them: a range may be many. First just the texts
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

// Fails with the place: a set without type, a member that is a host name, of the other family or with
// another number of parts than the type has.
Result<std::vector<WishedSet>> write_sets(const Wishes& wishes, const State& live);

// What is not wished stays as it is: other sets, other options.
Sets sets_with_wishes(const Sets& live, const std::vector<WishedSet>& wished);

// Whether ipset shows this member just as it is written, so that nobody needs to be asked: single
// addresses and prefixes in their usual form.
bool is_spelled_like_kernel(const WishedSet& set, std::string_view member);

// Whether the live set can hold the wishes as it is: the same type, and every wished option that matters.
// Else, in words, what differs.
std::string difference(const Set& live, const WishedSet& wished);

}  // namespace pyfw
