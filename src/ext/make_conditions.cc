#include "ext/make_conditions.h"

namespace pyfw {
namespace {

Ip last_of(const Prefix& prefix) {
  auto bytes = prefix.ip.masked(prefix.length).bytes();
  for (unsigned bit = prefix.length; bit < address_bits(prefix.ip.family()); ++bit)
    bytes[bit / 8] |= static_cast<std::uint8_t>(0x80U >> (bit % 8));
  return Ip::from_bytes(prefix.ip.family(), bytes.data());
}

Ip masked_by(const Ip& ip, const Ip& mask) {
  auto bytes = ip.bytes();
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] &= mask.bytes()[i];
  return Ip::from_bytes(ip.family(), bytes.data());
}

// The length of the prefix that this mask stands for, if it does.
std::optional<unsigned> length_of(const Ip& mask) {
  unsigned length = 0;
  unsigned bits = address_bits(mask.family());
  while (length < bits && (mask.bytes()[length / 8] & (0x80U >> (length % 8))) != 0) ++length;
  return mask.masked(length) == mask ? std::optional(length) : std::nullopt;
}

}  // namespace

bool add_address(Conditions& out, AddressIn asked, std::string_view text, Family family) {
  auto add_prefix = [&](const Prefix& prefix) {
    asked.first = prefix.ip.masked(prefix.length);
    asked.last = last_of(prefix);
    add(out, asked);
    return true;
  };
  if (auto prefix = Prefix::parse(text); prefix && prefix->ip.family() == family) return add_prefix(*prefix);
  auto slash = text.find('/');
  if (slash == std::string_view::npos) return false;
  auto ip = Ip::parse(text.substr(0, slash));
  auto mask = Ip::parse(text.substr(slash + 1));
  if (!ip || !mask || ip->family() != family || mask->family() != family) return false;
  if (auto length = length_of(*mask)) return add_prefix({.ip = *ip, .length = *length});
  add(out, AddressMasked{.field = asked.field,
                         .inverted = asked.inverted,
                         .if_absent = asked.if_absent,
                         .value = masked_by(*ip, *mask),
                         .mask = *mask});
  return true;
}

InterfaceIs interface_is(InterfaceField field, std::string_view pattern, bool inverted) {
  bool is_prefix = pattern.ends_with('+');
  if (is_prefix) pattern.remove_suffix(1);
  return {.field = field, .inverted = inverted, .is_prefix = is_prefix, .name = std::string(pattern)};
}

}  // namespace pyfw
