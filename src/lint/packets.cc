#include "lint/packets.h"

#include <algorithm>
#include <array>
#include <bitset>
#include <iterator>
#include <set>
#include <string_view>
#include <utility>
#include <variant>

#include "base/overloaded.h"
#include "prove/asked_set.h"
#include "prove/asked_slot.h"

namespace pyfw {
namespace {

constexpr std::uint32_t kAnyBit = 0xff;
// Linux takes the ports of its own connections from 32768 to 60999 (ip_local_port_range).
constexpr std::uint32_t kFirstOwnPort = 32768;
constexpr std::uint32_t kLastOwnPort = 60999;
// Whoever names more ports than these in one range means no service.
constexpr std::uint32_t kManyPorts = 10'000;
// Answers that are kept.
constexpr std::size_t kMostOverlapping = 64;

using VisitCondition = std::function<void(const Condition&)>;

void visit_conditions(const std::vector<Condition>& conditions, const VisitCondition& visit) {
  for (const auto& condition : conditions) {
    visit(condition);
    if (const auto* any = std::get_if<AnyOf>(&condition.kind)) visit_conditions(any->conditions, visit);
  }
}

void visit_rules(const CompiledHost& host, std::span<const ChainIndex> chains, const VisitCondition& visit) {
  for (auto chain : chains)
    for (const auto& rule : host.rules[chain]) visit_conditions(rule.compiled.conditions, visit);
}

}  // namespace

TablePackets::TablePackets(const CompiledHost& host, std::span<const Set> sets,
                           std::vector<ChainIndex> chains, const InterfaceRoles& roles,
                           const std::vector<AddressRange>& destinations)
    : table_(host, sets, std::move(chains)), roles_(roles) {
  auto& looks = table_.looks();
  for (auto field : {InterfaceField::kIn, InterfaceField::kOut}) {
    looks.ask(InterfaceIs{.field = field, .name = "lo"});
    if (!roles.external.empty()) looks.ask(InterfaceIs{.field = field, .name = roles.external});
    for (auto bridge : roles.bridges) {
      bridge.field = field;
      looks.ask(bridge);
    }
  }
  for (const auto& [first, last] : destinations)
    if (auto slot =
            asked_slot({AddressIn{.field = AddressField::kDestination, .first = first, .last = last}}))
      destinations_.emplace_back(AddressRange{.first = first, .last = last},
                                 looks.ask(Look::kDestination, slot->spans));
  learn_sources(sets);
  learn_ports();
}

void TablePackets::learn_sources(std::span<const Set> sets) {
  Spans sources;
  Spans originals;
  std::set<std::string_view> sets_added;
  auto add = [](Spans& to, const Spans& more) { to.insert(to.end(), more.begin(), more.end()); };
  visit_rules(table_.host(), table_.chains(), [&](const Condition& condition) {
    if (const auto* set = std::get_if<InSet>(&condition.kind)) {
      bool is_source = (set->sources & 1U) != 0;
      if (!is_source || !sets_added.insert(set->name).second) return;
      const auto* there = find_set(sets, set->name);
      if (auto members = there != nullptr ? addresses_in(*there) : std::nullopt) add(sources, *members);
    } else if (auto slot = asked_slot(condition)) {
      if (slot->slot == Slot::kSource) add(sources, slot->spans);
      if (slot->slot == Slot::kOriginalDestination) add(originals, slot->spans);
    }
  });
  named_sources_ = table_.looks().ask(Look::kSource, joined(std::move(sources)));
  named_originals_ = table_.looks().ask(Look::kOriginalDestination, joined(std::move(originals)));
}

void TablePackets::learn_ports() {
  std::bitset<65536> named;
  auto add = [&](const NumberRange& range) {
    if (range.last - range.first < kManyPorts)
      for (auto port = range.first; port <= range.last && port < named.size(); ++port) named.set(port);
  };
  visit_rules(table_.host(), table_.chains(), [&](const Condition& condition) {
    const auto* number = std::get_if<NumberIn>(&condition.kind);
    if (number == nullptr) return;
    if (number->field != NumberField::kDestinationPort && number->field != NumberField::kSourcePort) return;
    add(number->range);
    for (const auto& range : number->more) add(range);
  });
  auto port = kLastOwnPort;
  while (port > kFirstOwnPort && named.test(port)) --port;
  unnamed_port_ = static_cast<std::uint16_t>(port);
}

Result<void> TablePackets::walk() {
  table_.walk();
  return table_.check();
}

bool TablePackets::may_end(Fate fate, ChainIndex builtin, Bdd::Node packets) {
  auto& bdd = table_.looks().bdd();
  const auto& host = table_.host();
  packets = bdd.both(packets, table_.in_hooks(builtin));
  auto is_of_fate = [&](const Target& target) {
    return std::visit(Overloaded{[&](const Accept&) { return fate == Fate::kThrough; },
                                 [&](const Drop&) { return fate == Fate::kStopped; },
                                 [&](const Reject&) { return fate == Fate::kStopped; },
                                 [](const Unpredictable& unknown) { return !unknown.goes_on; },
                                 [](const auto&) { return false; }},
                      target);
  };
  for (auto chain : table_.chains()) {
    for (auto i : table_.overlapping(chain, packets))
      if (is_of_fate(host.rules[chain][i].compiled.target) && may_take({.chain = chain, .rule = i}, packets))
        return true;
  }
  bool is_open = host.chains[builtin].policy != "DROP";
  return is_open == (fate == Fate::kThrough) && table_.any_stay(builtin, packets);
}

bool TablePackets::lets_through(ChainIndex builtin, Bdd::Node packets) {
  return may_end(Fate::kThrough, builtin, packets);
}

bool TablePackets::stops(ChainIndex builtin, Bdd::Node packets) {
  return may_end(Fate::kStopped, builtin, packets);
}

bool TablePackets::overlaps(const RuleRef& rule, Bdd::Node packets) {
  const auto& target = table_.host().rules[rule.chain][rule.rule].compiled.target;
  bool is_told = std::holds_alternative<Accept>(target) || std::holds_alternative<Drop>(target) ||
                 std::holds_alternative<Reject>(target);
  if (!is_told) return true;
  if (overlapping_.size() > kMostOverlapping) overlapping_.clear();
  auto [known, is_new] = overlapping_.try_emplace({rule.chain, packets});
  if (is_new) known->second = table_.overlapping(rule.chain, packets);
  return std::ranges::binary_search(known->second, rule.rule);
}

bool TablePackets::may_take(const RuleRef& rule, Bdd::Node packets) {
  if (!overlaps(rule, packets)) return false;
  return table_.any_come(rule, both(packets, table_.match(rule).may));
}

bool TablePackets::takes(const RuleRef& rule, Bdd::Node packets) {
  if (!overlaps(rule, packets)) return false;
  // Not those that match only by what the kernel alone can tell, as a text in them or how many came before.
  auto& looks = table_.looks();
  auto& bdd = looks.bdd();
  auto must = bdd.opposite(looks.whatever_is_free(bdd.opposite(table_.match(rule).must)));
  return table_.any_come(rule, both(packets, must));
}

Bdd::Node TablePackets::some_bridge(InterfaceField field) {
  auto out = Bdd::kNone;
  for (auto bridge : roles_.bridges) {
    bridge.field = field;
    out = table_.looks().bdd().either(out, table_.looks().fits(bridge));
  }
  return out;
}

Bdd::Node TablePackets::by_bridge() { return some_bridge(InterfaceField::kIn); }
Bdd::Node TablePackets::to_bridge() { return some_bridge(InterfaceField::kOut); }
Bdd::Node TablePackets::by_loopback() { return table_.looks().fits(InterfaceIs{.name = "lo"}); }

Bdd::Node TablePackets::to_loopback() {
  return table_.looks().fits(InterfaceIs{.field = InterfaceField::kOut, .name = "lo"});
}

Bdd::Node TablePackets::to_destination(const AddressRange& destination) {
  auto found = std::ranges::find(destinations_, destination, &decltype(destinations_)::value_type::first);
  return found == destinations_.end() ? Bdd::kNone : table_.looks().node(found->second);
}

Bdd::Node TablePackets::from_anyone() {
  auto& looks = table_.looks();
  auto comes_in = roles_.external.empty() ? looks.is_somewhere(Look::kIn)
                                          : looks.fits(InterfaceIs{.name = roles_.external});
  comes_in = without(without(comes_in, by_loopback()), by_bridge());
  return both(both(comes_in, looks.bdd().opposite(looks.node(named_sources_))), looks.everything());
}

Bdd::Node TablePackets::in_state(CtStateBit state) {
  return table_.looks().number_in(
      {.field = NumberField::kCtState, .mask = state, .range = {.first = 1, .last = kAnyBit}});
}

Bdd::Node TablePackets::opening(std::uint8_t protocol, std::uint16_t port) {
  auto out = both(number(NumberField::kProtocol, protocol), number(NumberField::kDestinationPort, port));
  out = both(out, number(NumberField::kSourcePort, unnamed_port_));
  if (protocol == kTcp) out = both(out, number(NumberField::kTcpFlags, kSyn));
  return both(out, both(in_state(kStateNew), table_.looks().everything()));
}

Bdd::Node TablePackets::answers() {
  constexpr std::uint16_t kWeb = 443;
  auto& looks = table_.looks();
  auto out = both(number(NumberField::kProtocol, kTcp), number(NumberField::kTcpFlags, kAck));
  out = both(out, number(NumberField::kSourcePort, kWeb));
  out = both(out, number(NumberField::kDestinationPort, unnamed_port_));
  out = both(out, number(NumberField::kOriginalDestinationPort, kWeb));
  out = both(out, number(NumberField::kOriginalSourcePort, unnamed_port_));
  out = both(out, number(NumberField::kCtDirection, 1));
  out = both(out, looks.bdd().opposite(looks.node(named_originals_)));
  return both(out, both(in_state(kStateEstablished), looks.everything()));
}

Bdd::Node TablePackets::answers_of_services() {
  auto out = both(number(NumberField::kProtocol, kTcp), number(NumberField::kTcpFlags, kAck));
  out = both(out, number(NumberField::kDestinationPort, unnamed_port_));
  out = both(out, number(NumberField::kCtDirection, 1));
  return both(out, both(in_state(kStateEstablished), table_.looks().everything()));
}

Bdd::Node TablePackets::usual() {
  constexpr std::uint32_t kSomeTtl = 57;
  constexpr std::uint32_t kSomeLength = 120;
  return both(both(number(NumberField::kTtl, kSomeTtl), number(NumberField::kTos, 0)),
              both(number(NumberField::kLength, kSomeLength), number(NumberField::kPacketType, 0)));
}

Bdd::Node TablePackets::too_big() {
  bool is_ipv4 = table_.looks().family() == Family::kIpv4;
  auto out = both(number(NumberField::kProtocol, is_ipv4 ? kIcmp : kIcmp6),
                  number(NumberField::kIcmp, is_ipv4 ? 3 * 256 + 4 : 2 * 256));
  return both(out, both(in_state(kStateRelated), table_.looks().everything()));
}

Bdd::Node TablePackets::neighbour_solicitation() { return neighbour_discovery(135); }
Bdd::Node TablePackets::neighbour_advertisement() { return neighbour_discovery(136); }

Bdd::Node TablePackets::neighbour_discovery(std::uint32_t type) {
  auto out = both(number(NumberField::kProtocol, kIcmp6), number(NumberField::kIcmp, type * 256));
  out = both(out, number(NumberField::kTtl, 255));
  return both(out, both(in_state(kStateUntracked), table_.looks().everything()));
}

}  // namespace pyfw
