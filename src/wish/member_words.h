// The words of a wished set member, looked at before ipset sees them.

#pragma once

#include <string>
#include <vector>

#include "base/error.h"
#include "nf/set.h"
#include "wish/wishes.h"

namespace pyfw {

// What a member of a set must look like.
struct MemberShape {
  explicit MemberShape(const Set& set);

  std::string set;
  std::string type;
  std::vector<std::string> parts;  // "ip", "net", "port", "mac", "iface", "mark", "set"
  bool takes_ipv4 = true;
  bool takes_ipv6 = false;
  bool masks = false;  // shows another address than the one that was added
};

// Whether ipset surely takes this member and shows it just as it is written: single addresses and prefixes
// in their usual form.
bool is_spelled_like_kernel(std::string_view member, const MemberShape& shape);

// Fails with the place: another number of parts than the set's type has, a host name (ipset would resolve
// it), an address of the other family, what hash:net refuses.
Result<void> check_member(const Located& member, const MemberShape& shape);

}  // namespace pyfw
