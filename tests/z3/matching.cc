#include "tests/z3/matching.h"

#include <algorithm>

#include "tests/z3/host.h"

namespace z3check {
namespace {

constexpr int kTcp = 6;
constexpr int kUdp = 17;

class Matching {
 public:
  Matching(const Numbers& numbers, const std::vector<Set>& sets, const Packet& packet)
      : numbers_(numbers), sets_(sets), packet_(packet) {}

  z3::expr operator()(const InNetwork& match) const {
    return numbers_.is_in(address_at(match.side), match.network);
  }
  z3::expr operator()(const InRange& match) const {
    return numbers_.is_between(address_at(match.side), match.first, match.last);
  }
  // Without an interface, as in OUTPUT, a name is compared with nothing: only "+" is that.
  z3::expr operator()(const ByInterface& match) const {
    const auto& name = match.is_out ? packet_.out : packet_.in;
    bool is_pattern = match.name.ends_with('+');
    auto beginning = match.name.substr(0, match.name.size() - 1);
    return numbers_.is(is_pattern ? name.starts_with(beginning) : name == match.name);
  }
  z3::expr operator()(const OfProtocol& match) const { return numbers_.is(packet_.protocol == match.number); }
  z3::expr operator()(const Ports& match) const {
    auto out = numbers_.is(false);
    if (!has_ports()) return out;
    for (auto [first, last] : match.spans) {
      auto first_of = static_cast<std::uint64_t>(first);
      auto last_of = static_cast<std::uint64_t>(last);
      if (match.which != Ports::Which::kDestination)
        out = either(out, is_between(packet_.source_port, first_of, last_of));
      if (match.which != Ports::Which::kSource)
        out = either(out, is_between(packet_.destination_port, first_of, last_of));
    }
    return out;
  }
  z3::expr operator()(const InSet& match) const {
    auto set = std::ranges::find(sets_, match.set, &Set::name);
    if (set == sets_.end() || set->is_ipv6 != numbers_.is_ipv6()) return numbers_.is(false);
    return set->type == "hash:net" ? in_networks(*set, match.sides[0]) : in_members(*set, match.sides);
  }
  // conntrack_mt(): SNAT and DNAT hold besides the state; without a connection it is INVALID or UNTRACKED.
  z3::expr operator()(const OfState& match) const {
    auto out = numbers_.is(false);
    for (const auto& state : match.states) out = either(out, has_state(state));
    return out;
  }
  z3::expr operator()(const OriginalDestination& match) const {
    return numbers_.is_in(packet_.original_destination, match.network);
  }
  z3::expr operator()(const OriginalPort& match) const {
    return is_between(packet_.original_port, static_cast<std::uint64_t>(match.first),
                      static_cast<std::uint64_t>(match.last));
  }
  z3::expr operator()(const IsLocal& match) const {
    const auto& ip = address_at(match.side);
    auto out = numbers_.is_in(ip, loopback(numbers_.is_ipv6()));
    for (const auto& link : kLinks)
      out = either(out, is_same(ip, numbers_.of(own_of(link, numbers_.is_ipv6()))));
    return out;
  }
  z3::expr operator()(const Marked& match) const {
    const auto& mark = match.is_connection ? packet_.connection_mark : packet_.mark;
    return is_same(mark & numbers_.number(match.mask, 32), numbers_.number(match.value, 32));
  }
  z3::expr operator()(const Ttl& match) const {
    auto value = numbers_.number(static_cast<std::uint64_t>(match.value), 8);
    switch (match.how) {
      case Ttl::How::kEqual: return is_same(packet_.ttl, value);
      case Ttl::How::kLess: return z3::ult(packet_.ttl, value).simplify();
      default: return z3::ugt(packet_.ttl, value).simplify();
    }
  }
  z3::expr operator()(const Tos& match) const {
    return is_same(packet_.tos & numbers_.number(static_cast<std::uint64_t>(match.mask), 8),
                   numbers_.number(static_cast<std::uint64_t>(match.value), 8));
  }
  z3::expr operator()(const Length& match) const {
    return is_between(packet_.length, static_cast<std::uint64_t>(match.first),
                      static_cast<std::uint64_t>(match.last));
  }
  z3::expr operator()(const TcpFlags& match) const {
    return numbers_.is(packet_.protocol == kTcp && (packet_.tcp_flags & match.mask) == match.set);
  }
  z3::expr operator()(const Icmp& match) const {
    return numbers_.is(!has_ports() && packet_.icmp_type == match.type && packet_.icmp_code == match.code);
  }

  // What asks a connection of a packet that has none does not match, turned round or not.
  [[nodiscard]] bool lacks(const Match& match) const {
    bool has_connection = packet_.tracked != Tracked::kNothing && packet_.tracked != Tracked::kUntracked;
    const auto* mark = std::get_if<Marked>(&match.what);
    bool asks_for_it = std::holds_alternative<OriginalDestination>(match.what) ||
                       std::holds_alternative<OriginalPort>(match.what) ||
                       (mark != nullptr && mark->is_connection);
    return asks_for_it && !has_connection;
  }

 private:
  [[nodiscard]] bool has_ports() const { return packet_.protocol == kTcp || packet_.protocol == kUdp; }
  [[nodiscard]] const z3::expr& address_at(Side side) const {
    return side == Side::kSource ? packet_.source : packet_.destination;
  }
  [[nodiscard]] const z3::expr& port_at(Side side) const {
    return side == Side::kSource ? packet_.source_port : packet_.destination_port;
  }

  // The longest network that it is in decides.
  [[nodiscard]] z3::expr in_networks(const Set& set, Side side) const {
    auto members = set.members;
    std::ranges::stable_sort(members, {}, [](const Member& member) { return member.network.length; });
    auto out = numbers_.is(false);
    for (const auto& member : members)
      out = if_then_else(numbers_.is_in(address_at(side), member.network), numbers_.is(!member.is_nomatch),
                         out);
    return out;
  }
  [[nodiscard]] z3::expr in_members(const Set& set, const std::vector<Side>& sides) const {
    auto out = numbers_.is(false);
    for (const auto& member : set.members) {
      auto is_it = is_same(address_at(sides[0]), numbers_.of(member.network.address));
      if (member.port != 0) {
        if (packet_.protocol != kTcp) continue;
        is_it = both(
            is_it, is_same(port_at(sides[1]), numbers_.number(static_cast<std::uint64_t>(member.port), 16)));
      }
      out = either(out, is_it);
    }
    return out;
  }
  [[nodiscard]] z3::expr has_state(const std::string& state) const {
    bool has_connection = packet_.tracked != Tracked::kNothing && packet_.tracked != Tracked::kUntracked;
    if (state == "DNAT") return both(numbers_.is(has_connection), packet_.has_dnat);
    if (state == "SNAT") return both(numbers_.is(has_connection), packet_.has_snat);
    switch (packet_.tracked) {
      case Tracked::kNothing:
        if (state == "UNTRACKED") return packet_.is_untracked;
        return state == "INVALID" ? opposite(packet_.is_untracked) : numbers_.is(false);
      case Tracked::kUntracked: return numbers_.is(state == "UNTRACKED");
      case Tracked::kNew: return numbers_.is(state == "NEW");
      case Tracked::kEstablished: return numbers_.is(state == "ESTABLISHED");
      default: return numbers_.is(state == "RELATED");
    }
  }

  const Numbers& numbers_;
  const std::vector<Set>& sets_;
  const Packet& packet_;
};

}  // namespace

z3::expr does_match(const Numbers& numbers, const std::vector<Set>& sets, const Rule& rule,
                    const Packet& packet) {
  auto out = numbers.is(true);
  Matching matching(numbers, sets, packet);
  for (const auto& match : rule.matches) {
    if (matching.lacks(match)) return numbers.is(false);
    auto is_so = std::visit(matching, match.what);
    out = both(out, match.is_not ? opposite(is_so) : is_so);
    if (out.is_false()) return out;
  }
  return out;
}

}  // namespace z3check
