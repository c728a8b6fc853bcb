#include "ask/members.h"

#include <fmt/format.h>

namespace pyfw {
namespace {

constexpr auto kHint = "name addresses, or a set of the type hash:ip";

}  // namespace

Result<std::vector<Ip>> single_addresses(const Set& set) {
  std::vector<Ip> addresses;
  for (const auto& text : set.members) {
    auto member = parse_member(text);
    auto prefix = Prefix::parse(member.element);
    if (!prefix)
      return bad_input(fmt::format("set '{}' holds '{}', which is no address", set.name, member.element),
                       kHint);
    bool is_single = prefix->length == address_bits(prefix->ip.family());
    if (!is_single || member.extras.contains("nomatch"))
      return bad_input(
          fmt::format("set '{}' holds '{}', which is no single address", set.name, member.element), kHint);
    addresses.push_back(prefix->ip);
  }
  if (addresses.empty()) return bad_input(fmt::format("set '{}' has no members", set.name));
  return addresses;
}

}  // namespace pyfw
