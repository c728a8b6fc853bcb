#include "wish/member_words.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/contains.h"
#include "base/strings.h"
#include "nf/tokens.h"

namespace pyfw {
namespace {

constexpr Letters kIpv4("0123456789./-");
constexpr Letters kIpv6("0123456789abcdefABCDEF:./-");

Result<void> check_address(std::string_view part, const Located& member, const MemberShape& shape) {
  bool v4 = kIpv4.make_up(part);
  bool v6 = part.find(':') != std::string_view::npos && kIpv6.make_up(part);
  if (!v4 && !v6)
    return bad_input(
        member.place, fmt::format("'{}' is no address", part),
        "members are written as numbers; host names are not taken, since what they stand for changes "
        "unseen");
  if (!(v4 ? shape.takes_ipv4 : shape.takes_ipv6))
    return bad_input(
        member.place,
        fmt::format("'{}' is an {} address, and set '{}' is for {}", part, v4 ? "IPv4" : "IPv6", shape.set,
                    v4 ? "IPv6" : "IPv4"),
        v6 && shape.type.starts_with("hash:") ? "a set for IPv6 needs options: { family: inet6 }" : "");
  if (part.ends_with("/0") && shape.type != "hash:net,iface")
    return bad_input(member.place, fmt::format("ipset takes no prefix of length 0 in a {}", shape.type),
                     v4 ? "write 0.0.0.0/1 and 128.0.0.0/1" : "write ::/1 and 8000::/1");
  return {};
}

bool is_address(std::string_view part) { return part == "ip" || part == "net"; }

}  // namespace

MemberShape::MemberShape(const Set& of) : set(of.name), type(of.type) {
  for (auto part : split(std::string_view(type).substr(type.find(':') + 1), ',')) parts.emplace_back(part);
  bool has_a_family = type.starts_with("hash:");
  takes_ipv4 = !has_a_family || has_family(of, Family::kIpv4);
  takes_ipv6 = has_a_family && has_family(of, Family::kIpv6);
  auto options = options_of(of.header);
  masks = options.contains("netmask") || options.contains("bitmask");
}

bool is_spelled_like_kernel(std::string_view member, const MemberShape& shape) {
  if (shape.masks || shape.parts.size() != 1) return false;
  auto prefix = Prefix::parse(member);
  if (!prefix) return false;
  auto family = prefix->ip.family();
  if (!(family == Family::kIpv4 ? shape.takes_ipv4 : shape.takes_ipv6)) return false;
  // An IPv4 address can be written in one way only.
  if (member.find('/') == std::string_view::npos)
    return (shape.type == "hash:ip" || shape.type == "hash:net") &&
           (family == Family::kIpv4 || prefix->ip.to_string() == member);
  return shape.type == "hash:net" && prefix->length > 0 && prefix->length < address_bits(family) &&
         !prefix->has_host_bits() && prefix->to_string() == member;
}

Result<void> check_member(const Located& member, const MemberShape& shape) {
  constexpr Letters kLineBreaks("\n\r");
  if (member.text.empty() || kLineBreaks.has_any_of(member.text))
    return bad_input(member.place, "a member is one line of text");
  auto element = element_of(member.text);
  if (element.empty() || element.starts_with('-'))
    return bad_input(member.place, fmt::format("'{}' is no member", element));
  if (shape.parts.size() == 1 && shape.parts[0] != "set" && element.find(',') == std::string_view::npos)
    return is_address(shape.parts[0]) ? check_address(element, member, shape) : Result<void>();
  auto parts = split(element, ',');
  bool mac_may_lack = shape.type == "bitmap:ip,mac" && parts.size() == 1;
  if (parts.size() != shape.parts.size() && !mac_may_lack)
    return bad_input(member.place,
                     fmt::format("'{}' has {} part{}, and a member of a {} has {}", element, parts.size(),
                                 parts.size() == 1 ? "" : "s", shape.type, shape.parts.size()),
                     fmt::format("its parts are {}", fmt::join(shape.parts, ",")));
  for (std::size_t i = 0; i < parts.size(); ++i)
    if (is_address(shape.parts[i])) TRY_VOID(check_address(parts[i], member, shape));
  return {};
}

}  // namespace pyfw
