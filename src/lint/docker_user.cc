// DOCKER-USER, and what else decides of the containers' packets: answers that are dropped, and accepts that
// shut nobody out.

#include <fmt/format.h>

#include <algorithm>
#include <variant>

#include "lint/asking.h"
#include "lint/lints.h"

namespace pyfw {
namespace {

// `--dst-type BROADCAST`, as no packet for one container has.
bool asks_for_no_unicast(const CompiledRule& rule) {
  return std::ranges::any_of(rule.conditions, [](const Condition& condition) {
    const auto* type = std::get_if<AddressTypeIs>(&condition.kind);
    return type != nullptr && !type->inverted && (type->types & kTypeUnicast) == 0;
  });
}

// Where nobody can tell of a packet what it has.
bool asks_for_marks(const CompiledRule& rule) {
  return asks(rule, NumberField::kMark) || asks(rule, NumberField::kConnmark);
}

// `! --match-set friends src`: it is about all others, whoever fills the set.
bool spares_members_only(const CompiledRule& rule) {
  auto spares = [](const Condition& condition) {
    const auto* set = std::get_if<InSet>(&condition.kind);
    return set != nullptr && set->inverted && (set->sources & 1U) != 0;
  };
  return rule.uncertain.size() <= 1 && std::ranges::any_of(rule.conditions, spares);
}

}  // namespace

void find_drops_of_answers(Linted& linted, Report& report) {
  if (!linted.has_docker()) return;
  for (const auto& wish : linted.rules()) {
    auto* packets = linted.packets(wish.id.family, wish.id.table);
    if (packets == nullptr || wish.id.table != "filter") continue;
    for (const auto& rule : wish.rules) {
      const auto& compiled = linted.compiled(rule);
      if (!drops_or_rejects(compiled) || asks_for_marks(compiled) || names_members_as_source(compiled) ||
          asks_for_no_unicast(compiled))
        continue;
      if (!linted.is_reached_from(rule.chain, "FORWARD") || linted.own_destination(compiled)) continue;
      auto answers =
          packets->both(packets->both(packets->answers(), packets->usual()), packets->from_anyone());
      answers = packets->both(answers, packets->to_bridge());
      bool takes_some = packets->takes(rule, answers) ||
                        (spares_members_only(compiled) && packets->may_take(rule, answers));
      if (!takes_some) continue;
      report.add(wish.written->target.place,
                 fmt::format("'{}' drops the answers to the containers' own connections", wish.called()),
                 {.why = "they come back by FORWARD, and nothing before this rule lets them through",
                  .instead = "put `-m conntrack --ctstate RELATED,ESTABLISHED -j RETURN` before it, or drop "
                             "with `-i ${external_interface}` and `--ctstate NEW` only"});
      break;
    }
  }
}

namespace {

// Names the port of a container that is published.
bool names_published(Linted& linted, TablePackets& packets, const RuleRef& rule) {
  if (!asks(linted.compiled(rule), NumberField::kDestinationPort)) return false;
  auto family = packets.table().looks().family();
  return std::ranges::any_of(linted.published(), [&](const PublishedHere& port) {
    return port.family == family && port.is_translated &&
           packets.may_take(rule, packets.opening(port.protocol, port.container_port));
  });
}

// Says by an interface or an address about whom, or about which way, it is.
bool says_for_whom(const CompiledRule& rule) {
  return std::ranges::any_of(rule.conditions, [](const Condition& condition) {
    if (const auto* set = std::get_if<InSet>(&condition.kind)) return !set->inverted;
    if (const auto* address = std::get_if<AddressIn>(&condition.kind)) return !address->inverted;
    return std::holds_alternative<InterfaceIs>(condition.kind) ||
           std::holds_alternative<AddressTypeIs>(condition.kind);
  });
}

// Lets some of what comes from outside go on, by something that it asks of them. An accept may be meant for
// what Docker would drop; but a port that it publishes it would not.
bool lets_some_on(Linted& linted, TablePackets& packets, const RuleRef& rule) {
  const auto& compiled = linted.compiled(rule);
  bool accepts = std::holds_alternative<Accept>(compiled.target);
  bool returns = std::holds_alternative<Return>(compiled.target);
  if ((!accepts && !returns) || compiled.conditions.empty()) return false;
  auto& looks = packets.table().looks();
  auto opening =
      packets.both(packets.in_state(kStateNew), packets.both(packets.to_bridge(), looks.everything()));
  opening = packets.without(packets.without(opening, packets.by_bridge()), packets.by_loopback());
  if (!packets.may_take(rule, opening)) return false;
  return returns || asks(compiled, NumberField::kOriginalDestinationPort) ||
         asks(compiled, AddressField::kOriginalDestination) || names_published(linted, packets, rule);
}

// Whether something in the chain, or behind its jumps, may drop packets.
bool may_stop_some(const CompiledHost& host, ChainIndex chain) {
  return std::ranges::any_of(host.rules[chain], [&](const ChainRule& rule) {
    const auto* unknown = std::get_if<Unpredictable>(&rule.compiled.target);
    bool is_unknown = unknown != nullptr && !unknown->goes_on;
    return drops_or_rejects(rule.compiled) || is_unknown ||
           (rule.to != kNoChain && rule.to != chain && may_stop_some(host, rule.to));
  });
}

}  // namespace

void find_drops_of_own_requests(Linted& linted, Report& report) {
  if (!linted.has_docker()) return;
  for (const auto& wish : linted.rules()) {
    auto* packets = linted.packets(wish.id.family, wish.id.table);
    if (packets == nullptr || wish.id.table != "filter" || wish.rules.empty()) continue;
    const auto& rule = wish.rules.front();
    const auto& compiled = linted.compiled(rule);
    if (!drops_or_rejects(compiled) || asks_for_marks(compiled) || says_for_whom(compiled)) continue;
    if (!linted.is_reached_from(rule.chain, "FORWARD")) continue;
    bool is_of_ports = asks(compiled, NumberField::kDestinationPort);
    if (is_of_ports && !names_published(linted, *packets, rule)) continue;
    auto asked = packets->both(packets->in_state(kStateNew), packets->by_bridge());
    asked = packets->both(packets->without(asked, packets->to_bridge()), packets->everything());
    if (!packets->takes(rule, packets->both(asked, packets->usual()))) continue;
    report.add(
        wish.written->target.place,
        fmt::format("'{}' drops what the containers ask of others too", wish.called()),
        {.why = "their own connections go out by FORWARD as well, and nothing says that only what comes "
                "in is meant",
         .instead = "add `-i ${external_interface}`"});
  }
}

void find_docker_user_without_drop(Linted& linted, Report& report) {
  for (auto family : kFamilies) {
    auto* packets = linted.packets(family, "filter");
    auto chain = linted.chain(family, "filter", "DOCKER-USER");
    if (packets == nullptr || !chain || may_stop_some(linted.host().compiled(), *chain)) continue;
    const LintedRule* last = nullptr;
    for (const auto& wish : linted.rules())
      if (!wish.rules.empty() && wish.rules.front().chain == *chain &&
          lets_some_on(linted, *packets, wish.rules.front()))
        last = &wish;
    if (last == nullptr) continue;
    report.add(
        last->written->target.place, fmt::format("'{}' shuts nobody out", last->called()),
        {.why = "whom it does not name goes on to Docker's own rules, which accept every published port",
         .instead = "end the rules with `-i ${external_interface} -j DROP`, behind one that lets "
                    "RELATED,ESTABLISHED on"});
  }
}

}  // namespace pyfw
