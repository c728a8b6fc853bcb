#include "tests/z3/story.h"

#include <algorithm>

#include "tests/z3/host.h"
#include "tests/z3/walk.h"

namespace z3check {
namespace {

constexpr int kTcp = 6;
constexpr int kIcmp = 1;
constexpr int kIcmp6 = 58;
constexpr int kSyn = 2;
constexpr int kRst = 4;
constexpr int kAck = 16;
constexpr int kUsualTtl = 64;

struct IcmpKind {
  int type, code;
};
IcmpKind icmp_of(const std::string& with) {
  if (with == "icmp-port-unreachable") return {3, 3};
  if (with == "icmp-admin-prohibited") return {3, 13};
  if (with == "icmp-host-prohibited") return {3, 10};
  if (with == "icmp6-port-unreachable") return {1, 4};
  return {1, 1};  // icmp6-adm-prohibited
}

class Story {
 public:
  Story(const Numbers& numbers, const Ruleset& rules, const std::vector<Set>& sets, const Asked& asked,
        const Free& free)
      : numbers_(numbers),
        rules_(rules),
        sets_(sets),
        asked_(asked),
        free_(free),
        out_{.works = numbers.is(false), .refused = numbers.is(false)} {}

  Outcomes tell() && {
    auto packet = first();
    auto coming = pass("raw", "PREROUTING", numbers_.is(true), packet);
    auto untracked = packet;
    untracked.tracked = Tracked::kUntracked;
    come_untracked(both(coming, packet.is_untracked), untracked);
    come_tracked(without(coming, packet.is_untracked), packet);
    return std::move(out_);
  }

 private:
  // A packet, with what only its way says: where it goes by now, and what NAT will make of its answer.
  struct Way {
    Packet packet;
    Address destination{};  // the one address that `packet.destination` is
    int port = 0;
  };

  Packet first() const {
    Packet out{.source = free_.source,
               .destination = numbers_.of(asked_.destination),
               .source_port = free_.source_port,
               .destination_port = port(asked_.port),
               .ttl = free_.ttl,
               .tos = free_.tos,
               .length = free_.length,
               .mark = numbers_.number(0, 32),
               .connection_mark = numbers_.number(0, 32),
               .has_dnat = numbers_.is(false),
               .has_snat = numbers_.is(false),
               .original_destination = numbers_.of(asked_.destination),
               .original_port = port(asked_.port),
               .is_untracked = numbers_.is(false)};
    out.protocol = asked_.protocol;
    out.tcp_flags = asked_.protocol == kTcp ? kSyn : 0;
    out.in = asked_.interface;
    return out;
  }

  z3::expr port(int value) const { return numbers_.number(static_cast<std::uint64_t>(value), 16); }

  z3::expr pass(const std::string& table, const std::string& chain, const z3::expr& coming, Packet& packet) {
    return walk(numbers_, rules_, sets_, table, chain, coming, packet).passes;
  }

  // --- the request -------------------------------------------------------------------------------------

  void come_untracked(const z3::expr& coming, Packet packet) {
    if (coming.is_false()) return;
    auto passed = pass("mangle", "PREROUTING", coming, packet);
    route(passed, {.packet = packet, .destination = asked_.destination, .port = asked_.port});
  }

  void come_tracked(const z3::expr& coming, Packet packet) {
    packet.tracked = Tracked::kNew;
    auto passed = pass("mangle", "PREROUTING", coming, packet);
    auto nat = walk(numbers_, rules_, sets_, "nat", "PREROUTING", passed, packet);
    route(nat.passes, {.packet = packet, .destination = asked_.destination, .port = asked_.port});
    for (const auto& [rule, taken] : nat.translated) {
      Way way{.packet = packet, .destination = rule.to, .port = rule.port == 0 ? asked_.port : rule.port};
      if (rule.kind == Translate::Kind::kRedirect)
        way.destination = own_of(*link(asked_.interface), rules_.is_ipv6);
      way.packet.destination = numbers_.of(way.destination);
      way.packet.destination_port = port(way.port);
      way.packet.has_dnat = numbers_.is(way.destination != asked_.destination || way.port != asked_.port);
      route(taken, std::move(way));
    }
  }

  void route(const z3::expr& coming, Way way) {
    if (coming.is_false()) return;
    bool is_local = std::ranges::any_of(
        kLinks, [&](const Link& own) { return own_of(own, rules_.is_ipv6) == way.destination; });
    auto routed = without(coming, is_martian(way));
    if (is_local) return take_in(routed, std::move(way));
    way.packet.out = interface_towards(way.destination);
    forward(routed, std::move(way));
  }

  // What the kernel's routing, or its receiving of IPv6 packets, throws away without a word.
  z3::expr is_martian(const Way& way) const {
    const auto& source = way.packet.source;
    bool is_ipv6 = rules_.is_ipv6;
    auto is_in = [&](const char* text) { return numbers_.is_in(source, network(text)); };
    if (is_ipv6) return either(is_in("::1"), is_in("ff00::/8"));
    if (z3check::is_in(loopback(is_ipv6), way.destination)) return numbers_.is(true);
    auto is_wrong = either(either(is_in("224.0.0.0/4"), is_in("255.255.255.255")),
                           either(is_in("0.0.0.0"), is_in("127.0.0.0/8")));
    for (const auto& own : kLinks) is_wrong = either(is_wrong, is_in(text_of(own_of(own, false)).c_str()));
    // fib_validate_source(): 1 is strict; 2, loose, asks for any route, and here there is always one.
    if (asked_.rp_filter == 1) is_wrong = either(is_wrong, opposite(is_behind(source, asked_.interface)));
    return is_wrong;
  }

  void take_in(const z3::expr& coming, Way way) {
    auto passed = pass("mangle", "INPUT", coming, way.packet);
    auto walked = walk(numbers_, rules_, sets_, "filter", "INPUT", passed, way.packet);
    reject(walked, way);
    bool listens = !asked_.knows_listeners ||
                   (asked_.protocol == kTcp && std::ranges::find(kListening, way.port) != kListening.end());
    if (!listens && asked_.protocol != kTcp)
      return send_error(walked.passes, way, rules_.is_ipv6 ? IcmpKind{1, 4} : IcmpKind{3, 3});
    auto answer = answer_to(way.packet);
    if (!listens) {
      answer.tcp_flags = kRst | kAck;
      answer.length = numbers_.number(rules_.is_ipv6 ? 60 : 40, 16);
    }
    auto came_back = answer_from_here(walked.passes, way, answer);
    auto& outcome = listens ? out_.works : out_.refused;
    outcome = either(outcome, came_back);
  }

  void forward(const z3::expr& coming, Way way) {
    auto is_expiring = z3::ule(way.packet.ttl, numbers_.number(1, 8)).simplify();
    send_error(both(coming, is_expiring), way, rules_.is_ipv6 ? IcmpKind{3, 0} : IcmpKind{11, 0});
    way.packet.ttl = way.packet.ttl - numbers_.number(1, 8);
    auto passed = pass("mangle", "FORWARD", without(coming, is_expiring), way.packet);
    auto walked = walk(numbers_, rules_, sets_, "filter", "FORWARD", passed, way.packet);
    reject(walked, way);
    passed = pass("mangle", "POSTROUTING", walked.passes, way.packet);
    if (way.packet.tracked == Tracked::kUntracked) return answer_from_beyond(passed, way, way.packet);
    auto nat = walk(numbers_, rules_, sets_, "nat", "POSTROUTING", passed, way.packet);
    answer_from_beyond(nat.passes, way, way.packet);
    for (const auto& [rule, taken] : nat.translated) {
      auto changed = way.packet;
      bool is_masquerade = rule.kind == Translate::Kind::kMasquerade;
      changed.source = numbers_.of(is_masquerade ? own_of(*link(way.packet.out), rules_.is_ipv6) : rule.to);
      if (rule.port != 0) changed.source_port = port(rule.port);
      changed.has_snat = either(opposite(is_same(changed.source, way.packet.source)),
                                opposite(is_same(changed.source_port, way.packet.source_port)));
      answer_from_beyond(taken, way, changed);
    }
  }

  // --- the answer --------------------------------------------------------------------------------------

  // To the packet as who answers got it.
  Packet answer_to(const Packet& got) const {
    auto out = got;
    out.source = got.destination;
    out.destination = got.source;
    out.source_port = got.destination_port;
    out.destination_port = got.source_port;
    out.ttl = numbers_.number(kUsualTtl, 8);
    out.tos = numbers_.number(0, 8);
    out.length = numbers_.number(60, 16);
    out.mark = numbers_.number(0, 32);
    out.tcp_flags = asked_.protocol == kTcp ? kSyn | kAck : 0;
    out.in.clear();
    out.out.clear();
    out.tracked = Tracked::kNothing;
    out.is_untracked = numbers_.is(false);
    return out;
  }

  // What conntrack says of the answer to a request that it has seen, or not: a SYN-ACK or RST out of nowhere
  // is INVALID.
  static Tracked known_after(const Way& way) {
    return way.packet.tracked == Tracked::kUntracked ? Tracked::kNothing : Tracked::kEstablished;
  }

  // Those for which it comes back to the client.
  z3::expr answer_from_here(const z3::expr& coming, const Way& way, const Packet& answer) {
    auto back = numbers_.is(false);
    for (const auto& by : kLinks) {
      auto packet = answer;
      packet.out = by.interface;
      auto sent = both(coming, is_behind(packet.destination, packet.out));
      sent = pass("raw", "OUTPUT", sent, packet);
      packet.tracked = known_after(way);
      back = either(back, leave(sent, packet));
    }
    return back;
  }

  z3::expr leave(const z3::expr& coming, Packet& packet) {
    auto sent = pass("mangle", "OUTPUT", coming, packet);
    sent = pass("filter", "OUTPUT", sent, packet);
    return pass("mangle", "POSTROUTING", sent, packet);
  }

  void answer_from_beyond(const z3::expr& coming, const Way& way, const Packet& got) {
    if (coming.is_false()) return;
    auto packet = answer_to(got);
    packet.in = way.packet.out;
    auto passed = pass("raw", "PREROUTING", coming, packet);
    // Without its connection it is not translated back, and goes astray if it had to be.
    auto untracked = packet;
    untracked.tracked = Tracked::kUntracked;
    auto is_plain = without(opposite(packet.has_snat), packet.has_dnat);
    come_back(both(both(passed, packet.is_untracked), is_plain), untracked, untracked);
    packet.tracked = known_after(way);
    auto translated = packet;
    translated.destination = way.packet.source;
    translated.destination_port = way.packet.source_port;
    come_back(without(passed, packet.is_untracked), packet, translated);
  }

  // Seen as `packet` before its destination is translated back, and as `after` from then on.
  void come_back(const z3::expr& coming, Packet packet, Packet after) {
    if (coming.is_false()) return;
    auto passed = pass("mangle", "PREROUTING", coming, packet);
    after.mark = packet.mark;
    after.connection_mark = packet.connection_mark;
    after.ttl = packet.ttl;
    auto lives = z3::ugt(after.ttl, numbers_.number(1, 8)).simplify();
    after.ttl = after.ttl - numbers_.number(1, 8);
    for (const auto& by : kLinks) {
      auto leaving = after;
      leaving.out = by.interface;
      auto sent = both(both(passed, lives), is_behind(after.destination, leaving.out));
      sent = pass("mangle", "FORWARD", sent, leaving);
      sent = pass("filter", "FORWARD", sent, leaving);
      out_.works = either(out_.works, pass("mangle", "POSTROUTING", sent, leaving));
    }
  }

  // --- refusals ----------------------------------------------------------------------------------------

  void reject(const Walked& walked, const Way& way) {
    for (const auto& [with, taken] : walked.rejected) {
      if (with != "tcp-reset") {
        send_error(taken, way, icmp_of(with));
        continue;
      }
      auto answer = answer_to(way.packet);
      answer.tcp_flags = kRst | kAck;
      answer.length = numbers_.number(rules_.is_ipv6 ? 60 : 40, 16);
      refuse(taken, way, answer);
    }
  }

  void send_error(const z3::expr& coming, const Way& way, IcmpKind kind) {
    if (coming.is_false()) return;
    auto answer = answer_to(way.packet);
    answer.protocol = rules_.is_ipv6 ? kIcmp6 : kIcmp;
    answer.tcp_flags = 0;
    answer.icmp_type = kind.type;
    answer.icmp_code = kind.code;
    // Of what was not for the host it tells by its own address.
    bool is_local = std::ranges::any_of(
        kLinks, [&](const Link& own) { return own_of(own, rules_.is_ipv6) == way.destination; });
    if (is_local) return refuse(coming, way, answer);
    for (const auto& by : kLinks) {
      answer.source = numbers_.of(own_of(by, rules_.is_ipv6));
      refuse(both(coming, is_behind(way.packet.source, std::string(by.interface))), way, answer);
    }
  }

  // What the kernel writes belongs to the connection of the packet that it is about (nf_ct_attach()), from
  // raw on already.
  void refuse(const z3::expr& coming, const Way& way, const Packet& answer) {
    for (const auto& by : kLinks) {
      auto packet = answer;
      packet.out = by.interface;
      bool is_related = way.packet.tracked != Tracked::kUntracked;
      packet.tracked = is_related ? Tracked::kRelated : Tracked::kNothing;
      auto sent = both(coming, is_behind(packet.destination, packet.out));
      sent = pass("raw", "OUTPUT", sent, packet);
      out_.refused = either(out_.refused, leave(sent, packet));
    }
  }

  // --- routes ------------------------------------------------------------------------------------------

  static const Link* link(const std::string& name) {
    return std::ranges::find(kLinks, name, &Link::interface);
  }

  std::string interface_towards(const Address& ip) const {
    auto found = std::ranges::find_if(
        kLinks, [&](const Link& some) { return z3check::is_in(network_of(some, rules_.is_ipv6), ip); });
    return std::string(found == kLinks.end() ? kLinks.front().interface : found->interface);
  }

  // Whether the route to it leads there: what is no link's own goes by the first one.
  z3::expr is_behind(const z3::expr& ip, const std::string& interface) const {
    auto is_on = [&](const Link& some) { return numbers_.is_in(ip, network_of(some, rules_.is_ipv6)); };
    if (interface != kLinks.front().interface) return is_on(*link(interface));
    auto elsewhere = numbers_.is(false);
    for (const auto& some : kLinks)
      if (some.interface != interface) elsewhere = either(elsewhere, is_on(some));
    return opposite(elsewhere);
  }

  const Numbers& numbers_;
  const Ruleset& rules_;
  const std::vector<Set>& sets_;
  const Asked& asked_;
  const Free& free_;
  Outcomes out_;
};

}  // namespace

Free free_of(const Numbers& numbers) {
  auto& context = numbers.context();
  return {.source = context.bv_const("source", width_of(numbers.is_ipv6())),
          .source_port = context.bv_const("source_port", 16),
          .ttl = context.bv_const("ttl", 8),
          .tos = context.bv_const("tos", 8),
          .length = context.bv_const("length", 16)};
}

std::vector<Network> left_out(const Asked& asked) {
  bool is_ipv6 = asked.destination.is_ipv6;
  auto width = width_of(is_ipv6);
  std::vector<Network> out = {{.address = asked.destination, .length = width}};
  if (is_ipv6)
    for (const auto* some : {"::/128", "fe80::/10", "::ffff:0:0/96"}) out.push_back(network(some));
  for (const auto& link : kLinks) {
    auto on_link = network_of(link, is_ipv6);
    auto last = on_link.address;
    if (!is_ipv6) last.low |= (1ULL << (width - on_link.length)) - 1;
    for (const auto& ip : {on_link.address, is_ipv6 ? own_of(link, true) : last})
      out.push_back({.address = ip, .length = width});
  }
  return out;
}

Outcomes outcomes_of(const Numbers& numbers, const Ruleset& rules, const std::vector<Set>& sets,
                     const Asked& asked, const Free& packet) {
  return Story(numbers, rules, sets, asked, packet).tell();
}

}  // namespace z3check
