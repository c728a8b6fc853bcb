#include "tests/z3/random_ruleset.h"

#include <rapidcheck.h>

#include <algorithm>

#include "tests/z3/host.h"

namespace z3check {
namespace {

constexpr int kTcp = 6;
constexpr int kUdp = 17;
constexpr int kIcmp = 1;
constexpr int kIcmp6 = 58;

int any(int end) { return *rc::gen::inRange(0, end); }
bool one_in(int count) { return any(count) == 0; }

template <typename T>
T one_of(const std::vector<T>& some) {
  return some[static_cast<std::size_t>(any(static_cast<int>(some.size())))];
}

const std::vector<std::string> kAddresses = {"192.0.2.9",    "192.0.2.1",    "10.1.0.9",   "10.1.0.1",
                                             "172.17.0.2",   "172.17.0.3",   "172.17.0.1", "203.0.113.5",
                                             "203.0.113.77", "198.51.100.1", "10.200.0.1", "127.0.0.1"};
const std::vector<std::string> kAddresses6 = {"2001:db8::9",
                                              "2001:db8::1",
                                              "2001:db8:1::9",
                                              "2001:db8:1::1",
                                              "2001:db8:2::2",
                                              "2001:db8:2::3",
                                              "2001:db8:2::1",
                                              "2001:db8:9::5",
                                              "2a00:1::77",
                                              "fd00::1",
                                              "::1"};
const std::vector<int> kPorts = {22, 53, 80, 443, 8000, 8001};

struct Place {
  std::string table, chain;
  bool is_builtin = true;
};

// NAT's targets are taken on one side only, so its user chains are of one side too.
bool is_source_side(const Place& place) { return place.chain == "POSTROUTING" || place.chain == "FROM"; }

class Dice {
 public:
  explicit Dice(bool is_ipv6) : is_ipv6_(is_ipv6) {}

  Rule rule(const Place& place, const std::vector<std::string>& jumps) {
    Rule out;
    protocol_ = 0;
    // What ends the way of nearly all leaves nothing for those behind it.
    int matches = one_in(16) ? 0 : 2 + any(3);
    bool wants_tcp = false;
    out.target = target(place, jumps, wants_tcp);
    if (wants_tcp) be(kTcp, out);
    for (int i = 0; i < matches; ++i) add_match(place, out);
    // As iptables-save has it, and as a port's extension must: the protocol first.
    std::ranges::stable_partition(
        out.matches, [](const Match& match) { return std::holds_alternative<OfProtocol>(match.what); });
    return out;
  }

 private:
  Address ip() { return address(one_of(is_ipv6_ ? kAddresses6 : kAddresses)); }
  Network net() {
    static const std::vector<unsigned> kLengths = {0, 1, 8, 12, 16, 20, 24, 25, 30, 31, 32, 32, 32};
    static const std::vector<unsigned> kLengths6 = {0, 1, 3, 32, 47, 48, 63, 64, 65, 127, 128, 128, 128};
    return without_host_bits({.address = ip(), .length = one_of(is_ipv6_ ? kLengths6 : kLengths)});
  }
  static Side side() { return one_in(3) ? Side::kDestination : Side::kSource; }

  void be(int protocol, Rule& rule) {
    if (protocol_ != 0) return;
    protocol_ = protocol;
    rule.matches.push_back({.what = OfProtocol{protocol}});
  }

  void add(Rule& rule, Match match) {
    match.is_not = one_in(4);
    rule.matches.push_back(std::move(match));
  }

  template <typename T>
  static bool has(const Rule& rule) {
    return std::ranges::any_of(rule.matches,
                               [](const Match& match) { return std::holds_alternative<T>(match.what); });
  }

  void add_match(const Place& place, Rule& rule) {
    switch (any(18)) {
      case 0:
      case 1:
      case 2: return add_network(rule);
      case 3: return add(rule, {.what = range()});
      case 4: return add_interface(place, rule);
      case 5: return be(one_in(3) ? kUdp : kTcp, rule);
      case 6:
      case 7:
      case 8: return add_ports(rule);
      case 9: return add(rule, {.what = in_set()});
      case 10:
        return add(
            rule, {.what = OfState{one_of(std::vector<std::vector<std::string>>{{"NEW"},
                                                                                {"RELATED", "ESTABLISHED"},
                                                                                {"ESTABLISHED"},
                                                                                {"RELATED"},
                                                                                {"DNAT"},
                                                                                {"SNAT", "NEW"},
                                                                                {"INVALID"},
                                                                                {"INVALID", "UNTRACKED"}})}});
      case 11:
        if (one_in(2)) return add(rule, {.what = OriginalDestination{net()}});
        return add(rule, {.what = OriginalPort{one_of(kPorts), 8000 + any(2)}});
      case 12: return add(rule, {.what = IsLocal{side()}});
      case 13: {
        auto mask = one_of(std::vector<std::uint32_t>{0xffffffff, 0x1, 0x3, 0xf0});
        return add(rule, {.what = Marked{one_in(2), static_cast<std::uint32_t>(any(4)) & mask, mask}});
      }
      case 14:
        return add(rule,
                   {.what = Ttl{one_of(std::vector{Ttl::How::kEqual, Ttl::How::kLess, Ttl::How::kGreater}),
                                one_of(std::vector{1, 2, 63, 64, 65, 200})}});
      case 15: return add_header(place, rule);
      case 16:
        be(kTcp, rule);
        if (protocol_ == kTcp)
          add(rule,
              {.what = one_of(std::vector<TcpFlags>{{0x17, 0x02}, {0x12, 0x12}, {0x04, 0x04}, {0x3f, 0}})});
        return;
      default:
        be(is_ipv6_ ? kIcmp6 : kIcmp, rule);
        if (protocol_ == kIcmp) add(rule, {.what = one_of(std::vector<Icmp>{{3, 3}, {3, 13}, {11, 0}})});
        if (protocol_ == kIcmp6) add(rule, {.what = one_of(std::vector<Icmp>{{1, 4}, {1, 1}, {3, 0}})});
    }
  }

  // -s and -d stand once in a rule.
  void add_network(Rule& rule) {
    auto match = InNetwork{side(), net()};
    bool is_there = std::ranges::any_of(rule.matches, [&](const Match& known) {
      const auto* other = std::get_if<InNetwork>(&known.what);
      return other != nullptr && other->side == match.side;
    });
    if (!is_there && match.network.length != 0) add(rule, {.what = match});
  }

  InRange range() {
    auto one = ip();
    auto other = ip();
    return {side(), std::min(one, other), std::max(one, other)};
  }

  // The builtin chains take only the interface that packets have there.
  void add_interface(const Place& place, Rule& rule) {
    if (has<ByInterface>(rule)) return;
    bool is_out = one_in(2);
    if (place.is_builtin) {
      bool has_in = place.chain != "OUTPUT" && place.chain != "POSTROUTING";
      bool has_out = place.chain != "INPUT" && place.chain != "PREROUTING";
      if (!(is_out ? has_out : has_in)) is_out = !is_out;
    }
    add(rule,
        {.what = ByInterface{is_out, one_of(std::vector<std::string>{"eth0", "eth1", "dmz0", "eth+"})}});
  }

  void add_ports(Rule& rule) {
    be(one_in(4) ? kUdp : kTcp, rule);
    if (protocol_ != kTcp && protocol_ != kUdp) return;
    Ports ports{.which = one_of(std::vector{Ports::Which::kDestination, Ports::Which::kDestination,
                                            Ports::Which::kSource, Ports::Which::kSource}),
                .is_multiport = one_in(3)};
    if (ports.is_multiport && one_in(3)) ports.which = Ports::Which::kEither;
    for (int i = ports.is_multiport ? 1 + any(3) : 1; i > 0; --i) {
      auto first = one_in(2) ? one_of(kPorts) : any(65536);
      auto last = one_in(2) ? first : std::min(first + any(3000), 65535);
      ports.spans.emplace_back(first, last);
    }
    add(rule, {.what = ports});
  }

  InSet in_set() {
    auto name = one_of(std::vector<std::string>{"nets", "hosts", "pairs"});
    InSet out{.set = name + (is_ipv6_ ? "6" : ""), .sides = {side()}};
    if (name == "pairs") out.sides.push_back(side());
    return out;
  }

  // What an ICMP error has of these hangs on the packet that it is about, so they are asked only where none
  // comes.
  void add_header(const Place& place, Rule& rule) {
    bool sees_errors = !place.is_builtin || place.chain == "OUTPUT" || place.chain == "POSTROUTING";
    if (sees_errors) return;
    if (one_in(2)) {
      auto mask = one_of(std::vector{0xff, 0x1c, 0x80});
      return add(rule, {.what = Tos{any(256) & mask, mask}});
    }
    auto first = one_of(std::vector{0, 40, 60, 61, 1000});
    add(rule, {.what = Length{first, first + any(600)}});
  }

  Target target(const Place& place, const std::vector<std::string>& jumps, bool& wants_tcp) {
    if (!jumps.empty() && one_in(8)) return Jump{.chain = one_of(jumps), .is_goto = one_in(3)};
    if (one_in(8)) return one_in(2) ? Target(GoOn{one_in(2)}) : Return{};
    if (place.table == "nat" && !one_in(6)) return translate(place, wants_tcp);
    if (place.table == "mangle" && !one_in(4)) {
      if (one_in(4)) return SetTtl{one_of(std::vector{1, 2, 64, 65})};
      auto mask = one_of(std::vector<std::uint32_t>{0xffffffff, 0xff, 0x3});
      return SetMark{one_in(3), static_cast<std::uint32_t>(any(4)) & mask, mask};
    }
    if (place.table == "raw" && place.chain == "PREROUTING" && one_in(2)) {
      wants_tcp = true;
      return Untrack{};
    }
    if (place.table == "filter" && one_in(4)) return reject(wants_tcp);
    if (place.table == "nat") return Accept{};
    return one_in(3) ? Target(Drop{}) : Accept{};
  }

  Reject reject(bool& wants_tcp) {
    wants_tcp = one_in(3);
    if (wants_tcp) return {"tcp-reset"};
    if (is_ipv6_) return {one_of(std::vector<std::string>{"icmp6-port-unreachable", "icmp6-adm-prohibited"})};
    return {one_of(
        std::vector<std::string>{"icmp-port-unreachable", "icmp-admin-prohibited", "icmp-host-prohibited"})};
  }

  Translate translate(const Place& place, bool& wants_tcp) {
    using enum Translate::Kind;
    wants_tcp = one_in(2);
    if (is_source_side(place)) {
      if (one_in(2)) return {.kind = kMasquerade};
      auto link = one_of(std::vector<std::size_t>{0, 1, 2});
      return {.kind = kSnat, .to = own_of(kLinks.at(link), is_ipv6_), .port = wants_tcp ? 40000 : 0};
    }
    int port = wants_tcp ? one_of(kPorts) : 0;
    if (!is_ipv6_ && one_in(5)) return {.kind = kRedirect, .port = port};
    auto to = ip();
    while (to == address("::1")) to = ip();
    return {.kind = kDnat, .to = to, .port = port};
  }

  bool is_ipv6_;
  int protocol_ = 0;
};

struct Layout {
  std::string table;
  std::vector<std::string> builtin, user;
  int share;  // of the rules of all
};

const std::vector<Layout>& layouts() {
  static const std::vector<Layout> kLayouts = {
      {"raw", {"PREROUTING", "OUTPUT"}, {}, 5},
      {"mangle", {"PREROUTING", "INPUT", "FORWARD", "OUTPUT", "POSTROUTING"}, {"MARKS"}, 15},
      {"nat", {"PREROUTING", "INPUT", "OUTPUT", "POSTROUTING"}, {"TO", "FROM"}, 15},
      {"filter", {"INPUT", "FORWARD", "OUTPUT"}, {"ONE", "TWO", "THREE"}, 65}};
  return kLayouts;
}

// A chain jumps only to those behind it, so that none comes back to itself.
std::vector<std::string> jumps_from(const Layout& layout, const std::string& chain) {
  if (chain == "PREROUTING" && layout.table == "nat") return {"TO"};
  if (chain == "POSTROUTING" && layout.table == "nat") return {"FROM"};
  if (layout.table == "nat") return {};
  auto own = std::ranges::find(layout.user, chain);
  return {own == layout.user.end() ? layout.user.begin() : own + 1, layout.user.end()};
}

Table random_table(const Layout& layout, bool is_ipv6, int rules) {
  Table out{.name = layout.table};
  auto add = [&](const std::string& name, bool is_builtin) {
    bool drops = is_builtin && layout.table == "filter" && one_in(5);
    out.chains.push_back({.name = name, .policy = !is_builtin ? "-" : drops ? "DROP" : "ACCEPT"});
  };
  for (const auto& name : layout.builtin) add(name, true);
  for (const auto& name : layout.user) add(name, false);
  Dice dice(is_ipv6);
  for (int i = 0; i < rules; ++i) {
    auto& chain = one_of(std::vector<std::size_t>{0, 1, 2, 3, 4, 5, 6, 7}) < out.chains.size()
                      ? out.chains[static_cast<std::size_t>(any(static_cast<int>(out.chains.size())))]
                      : out.chains.front();
    // No connection of the host's own is asked about.
    if (layout.table == "nat" && (chain.name == "INPUT" || chain.name == "OUTPUT")) continue;
    Place place{.table = layout.table, .chain = chain.name, .is_builtin = chain.policy != "-"};
    chain.rules.push_back(dice.rule(place, jumps_from(layout, chain.name)));
  }
  return out;
}

}  // namespace

Ruleset random_ruleset(bool is_ipv6, int rules) {
  Ruleset out{.is_ipv6 = is_ipv6};
  for (const auto& layout : layouts()) {
    if (layout.table != "filter" && one_in(3)) continue;
    int most = std::max(rules * layout.share / 100, 1);
    out.tables.push_back(random_table(layout, is_ipv6, rules < 20 ? 1 + any(most + 2) : most));
  }
  return out;
}

const std::vector<Set>& all_sets() {
  auto hosts = [](const std::vector<std::string>& some) {
    std::vector<Member> out;
    for (const auto& text : some) out.push_back({.network = network(text)});
    return out;
  };
  static const std::vector<Set> kSets = {
      {.name = "hosts", .type = "hash:ip", .members = hosts({"203.0.113.5", "10.1.0.9", "172.17.0.2"})},
      {.name = "nets",
       .type = "hash:net",
       .members = {{.network = network("192.0.2.0/28")},
                   {.network = network("192.0.2.9/32"), .is_nomatch = true},
                   {.network = network("10.0.0.0/8")},
                   {.network = network("10.1.0.0/16"), .is_nomatch = true},
                   {.network = network("10.1.0.0/24")},
                   {.network = network("172.17.0.2/31")}}},
      {.name = "pairs",
       .type = "hash:ip,port",
       .members = {{.network = network("192.0.2.9"), .port = 80},
                   {.network = network("172.17.0.2"), .port = 8000},
                   {.network = network("10.1.0.9"), .port = 40000},
                   {.network = network("203.0.113.5"), .port = 22}}},
      {.name = "hosts6",
       .type = "hash:ip",
       .is_ipv6 = true,
       .members = hosts({"2001:db8:9::5", "2001:db8:1::9", "2001:db8:2::2"})},
      {.name = "nets6",
       .type = "hash:net",
       .is_ipv6 = true,
       .members = {{.network = network("2001:db8::/48")},
                   {.network = network("2001:db8::9/128"), .is_nomatch = true},
                   {.network = network("2a00::/12")},
                   {.network = network("2a00:1::/64"), .is_nomatch = true},
                   {.network = network("2001:db8:2::2/127")}}},
      {.name = "pairs6",
       .type = "hash:ip,port",
       .is_ipv6 = true,
       .members = {{.network = network("2001:db8::9"), .port = 80},
                   {.network = network("2001:db8:2::2"), .port = 8000},
                   {.network = network("2001:db8:9::5"), .port = 22}}}};
  return kSets;
}

Asked random_asked(bool is_ipv6) {
  static const std::vector<std::size_t> kAsked = {0, 1, 2, 3, 4, 7};
  auto destination = (is_ipv6 ? kAddresses6 : kAddresses)[one_of(kAsked)];
  return {.interface = one_of(std::vector<std::string>{"eth0", "eth0", "eth1", "dmz0"}),
          .protocol = one_in(4) ? kUdp : kTcp,
          .destination = address(destination),
          .port = one_of(kPorts),
          .rp_filter = any(3),
          .knows_listeners = one_in(2)};
}

}  // namespace z3check
