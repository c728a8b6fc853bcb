#include "tests/z3/packet.h"

namespace z3check {

z3::expr Numbers::of(const Address& address) const {
  if (!is_ipv6_) return number(address.low, 32);
  return z3::concat(number(address.high, 64), number(address.low, 64)).simplify();
}

z3::expr Numbers::is_in(const z3::expr& ip, const Network& network) const {
  if (network.address.is_ipv6 != is_ipv6_) return is(false);
  return is_between(ip, without_host_bits(network).address, last_of(network));
}

z3::expr Numbers::is_between(const z3::expr& ip, const Address& first, const Address& last) const {
  return z3check::is_between(ip, of(first), of(last));
}

z3::expr both(const z3::expr& a, const z3::expr& b) {
  if (a.is_false() || b.is_true()) return a;
  if (b.is_false() || a.is_true()) return b;
  return a && b;
}

z3::expr either(const z3::expr& a, const z3::expr& b) {
  if (a.is_true() || b.is_false()) return a;
  if (b.is_true() || a.is_false()) return b;
  return a || b;
}

z3::expr opposite(const z3::expr& a) {
  if (a.is_true()) return a.ctx().bool_val(false);
  if (a.is_false()) return a.ctx().bool_val(true);
  return !a;
}

z3::expr if_then_else(const z3::expr& condition, const z3::expr& then, const z3::expr& otherwise) {
  if (condition.is_true()) return then;
  if (condition.is_false()) return otherwise;
  return z3::ite(condition, then, otherwise);
}

z3::expr is_same(const z3::expr& a, const z3::expr& b) { return (a == b).simplify(); }

z3::expr is_between(const z3::expr& value, const z3::expr& first, const z3::expr& last) {
  auto is_from = [&](const z3::expr& least) { return z3::ule(least, value).simplify(); };
  auto is_last = is_same(last, last.ctx().bv_val(-1, last.get_sort().bv_size()));
  return is_last.is_true() ? is_from(first) : without(is_from(first), is_from((last + 1).simplify()));
}

z3::expr is_between(const z3::expr& value, std::uint64_t first, std::uint64_t last) {
  auto width = value.get_sort().bv_size();
  auto number = [&](std::uint64_t of) { return value.ctx().bv_val(of, width); };
  return is_between(value, number(first), number(last));
}

}  // namespace z3check
