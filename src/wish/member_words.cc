#include "wish/member_words.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/contains.h"
#include "base/strings.h"
#include "nf/tokens.h"

namespace pyfw {
namespace {

bool only(std::string_view text, std::string_view letters) {
  return !text.empty() && text.find_first_not_of(letters) == std::string_view::npos;
}

Result<void> check_address(std::string_view part, const Located& member, const Set& set) {
  bool v4 = only(part, "0123456789./-");
  bool v6 = part.find(':') != std::string_view::npos && only(part, "0123456789abcdefABCDEF:./-");
  if (!v4 && !v6)
    return bad_input(member.place, fmt::format("'{}' is no address", part),
                     "members are written as numbers; host names are not taken, since what they stand for changes "
                     "unseen");
  auto family = v4 ? Family::kIpv4 : Family::kIpv6;
  bool both = !set.type.starts_with("hash:");
  if ((both && family == Family::kIpv6) || (!both && !has_family(set, family)))
    return bad_input(member.place,
                     fmt::format("'{}' is an {} address, and set '{}' is for {}", part, v4 ? "IPv4" : "IPv6", set.name,
                                 v4 ? "IPv6" : "IPv4"),
                     v6 && !both ? "a set for IPv6 needs options: { family: inet6 }" : "");
  if (part.ends_with("/0") && set.type != "hash:net,iface")
    return bad_input(member.place, fmt::format("ipset takes no prefix of length 0 in a {}", set.type),
                     v4 ? "write 0.0.0.0/1 and 128.0.0.0/1" : "write ::/1 and 8000::/1");
  return {};
}

}  // namespace

Result<void> check_member(const Located& member, const Set& set) {
  auto words = tokenise_saved(member.text);
  if (words.empty() || member.text.find_first_of("\n\r") != std::string::npos)
    return bad_input(member.place, "a member is one line of text");
  if (words[0].starts_with('-')) return bad_input(member.place, fmt::format("'{}' is no member", words[0]));
  auto kinds = split(std::string_view(set.type).substr(set.type.find(':') + 1), ',');
  auto parts = split(words[0], ',');
  bool mac_may_lack = set.type == "bitmap:ip,mac" && parts.size() == 1;
  if (parts.size() != kinds.size() && !mac_may_lack)
    return bad_input(member.place,
                     fmt::format("'{}' has {} part{}, and a member of a {} has {}", words[0], parts.size(),
                                 parts.size() == 1 ? "" : "s", set.type, kinds.size()),
                     fmt::format("its parts are {}", fmt::join(kinds, ",")));
  for (std::size_t i = 0; i < parts.size(); ++i)
    if (kinds[i] == "ip" || kinds[i] == "net") TRY_VOID(check_address(parts[i], member, set));
  return {};
}

}  // namespace pyfw
