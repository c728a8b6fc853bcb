#include "prove/difference.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include "base/contains.h"
#include "net/packet.h"
#include "prove/callers.h"
#include "trace/address_kinds.h"
#include "trace/compiled_host.h"

namespace pyfw {
namespace {

std::vector<Field> free_fields() {
  auto out = free_of_callers();
  out.insert(out.end(), {Field::kDestination, Field::kDestinationPort});
  return out;
}

// Those that no line is made of.
std::vector<Field> fields_of_conditions() {
  auto out = free_of_callers();
  std::erase(out, Field::kSource);
  return out;
}

// As the rule has it: "172.17.0.2:80", "10.0.0.1-10.0.0.9", "port 8080".
std::string target_of(const Nat& nat) {
  std::string to;
  if (nat.kind == Nat::Kind::kRedirect) to = "the host";
  if (nat.network) to = fmt::format("{}/{}", nat.network->ip.to_string(), nat.network->length);
  if (nat.addresses) {
    const auto& [first, last] = *nat.addresses;
    to = first.to_string();
    if (first != last) to += "-" + last.to_string();
    if (nat.ports && first.family() == Family::kIpv6) to = "[" + to + "]";
  }
  if (!nat.ports) return to;
  auto ports = fmt::format("{}", nat.ports->first);
  if (nat.ports->first != nat.ports->last) ports += fmt::format("-{}", nat.ports->last);
  return nat.addresses ? to + ":" + ports : to.empty() ? "port " + ports : to + ", port " + ports;
}

Fate fate_of(const Region& region, const CompiledHost& host) {
  Fate fate{.outcome = region.verdict.outcome};
  if (fate.outcome != FlowOutcome::kWorks || !region.led_by) return fate;
  const auto& target = host.rules[region.led_by->chain][region.led_by->rule].compiled.target;
  if (const auto* nat = std::get_if<Nat>(&target); nat != nullptr) fate.to = target_of(*nat);
  return fate;
}

// Who sends is clear.
void join_own(Changed line, std::vector<Changed>& lines) {
  auto same = std::ranges::find_if(lines, [&](const Changed& known) {
    return known.before == line.before && known.after == line.after && known.ports == line.ports &&
           known.conditions == line.conditions;
  });
  if (same == lines.end()) return lines.push_back(std::move(line));
  for (auto spans : {&Changed::sources, &Changed::destinations}) {
    auto& all = (*same).*spans;
    all.insert(all.end(), (line.*spans).begin(), (line.*spans).end());
    all = joined(std::move(all));
  }
}

// The packets by all that may become of them.
std::map<Fates, Bdd::Node> by_fates(PacketSpace& space, const std::vector<Region>& regions,
                                    const CompiledHost& host, Bdd::Node all) {
  auto& bdd = space.bdd();
  std::map<Fate, Bdd::Node> may;
  for (const auto& region : regions) {
    auto& packets = may.try_emplace(fate_of(region, host), Bdd::kNone).first->second;
    packets = bdd.either(packets, region.packets);
  }
  std::map<Fates, Bdd::Node> out = {{{}, all}};
  for (const auto& [fate, packets] : may) {
    auto these = space.whatever_is_free(packets);
    std::map<Fates, Bdd::Node> split;
    for (const auto& [fates, some] : out) {
      auto with = fates;
      with.insert(fate);
      if (auto inside = bdd.both(some, these); inside != Bdd::kNone) split[with] = inside;
      if (auto outside = bdd.without(some, these); outside != Bdd::kNone) split[fates] = outside;
    }
    out = std::move(split);
  }
  return out;
}

}  // namespace

Difference::Difference(const TracedHost& before, std::span<const Set> sets_before, const TracedHost& after,
                       std::span<const Set> sets_after, Family family, Senders senders)
    : host_(before),
      after_host_(after),
      space_(std::make_shared<PacketSpace>(family)),
      before_(before, sets_before, space_, free_fields()),
      after_(after, sets_after, space_, free_fields()),
      touched_(before.compiled(), sets_before, after.compiled(), sets_after, *space_, senders) {
  if (touched_.rules() > kMostRulesCompared) return;
  before_.learn();
  after_.learn();
  space_->settle();
  looked_at_ = touched_.packets();
  if (senders == Senders::kHost) looked_at_ = space_->bdd().both(looked_at_, before_.usual());
  before_.look_only_at(looked_at_);
  after_.look_only_at(looked_at_);
}

std::unexpected<Error> too_many_rules() {
  return fail(fmt::format("more than {} rules change", kMostRulesCompared),
              "pyfw who --planned shows who reaches what");
}

Result<std::vector<Changed>> Difference::of(const Arrival& like) {
  std::vector<Changed> out;
  if (touched_.rules() > kMostRulesCompared) return too_many_rules();
  if (like.in_interface.empty()) {
    TRY_VOID(add_own(like, out));
    return out;
  }
  auto& bdd = space_->bdd();
  auto packets = bdd.both(before_.coming_in_by(like.in_interface), destinations(false));
  TRY_VOID(add(like, bdd.both(packets, before_.between_others()), out));
  return out;
}

Spans Difference::asked_by(std::string_view interface) {
  return values_of(*space_, Field::kSource,
                   space_->classes_in(before_.coming_in_by(interface), Field::kSource));
}

Bdd::Node Difference::destinations(bool with_loopback) {
  std::vector<std::uint32_t> some;
  const auto& classes = space_->classes(Field::kDestination);
  const auto& routes = host_.compiled().routes;
  for (std::uint32_t i = 0; i < classes.count(); ++i) {
    auto ip = ip_of(space_->family(), classes.first_of(i));
    if (is_any(ip) || is_multicast(ip) || is_limited_broadcast(ip)) continue;
    if (routes.in_local_table(ip).type == RouteType::kBroadcast) continue;
    if (with_loopback || !is_loopback(ip)) some.push_back(i);
  }
  return space_->classes_node(Field::kDestination, some);
}

// A process takes the source that its way has: to itself the host sends from where it sends to.
Result<void> Difference::add_own(const Arrival& like, std::vector<Changed>& out) {
  auto& bdd = space_->bdd();
  const auto& sources = space_->classes(Field::kSource);
  const auto& classes = space_->classes(Field::kDestination);
  std::map<std::uint32_t, std::vector<std::uint32_t>> by_source;
  std::map<std::uint32_t, std::vector<std::uint32_t>> to_itself;
  for (auto number : space_->classes_in(destinations(true), Field::kDestination)) {
    auto some = ip_of(space_->family(), classes.first_of(number));
    auto source = own_source(host_, some);
    if (!source) continue;
    if (*source != some) {
      by_source[sources.class_of(point_of(*source))].push_back(number);
      continue;
    }
    // All of 127.0.0.0/8 is itself, and rules may tell sources apart that are one destination.
    for (std::uint32_t i = 0; i < sources.count(); ++i)
      if (!both(sources.values_of(i), classes.values_of(number)).empty()) to_itself[i].push_back(number);
  }
  auto add_from = [&](std::uint32_t source, const std::vector<std::uint32_t>& numbers,
                      std::vector<Changed>& lines) -> Result<void> {
    auto packets = bdd.both(space_->classes_node(Field::kSource, std::span(&source, 1)),
                            space_->classes_node(Field::kDestination, numbers));
    return add(like, bdd.both(packets, before_.usual()), lines);
  };
  std::vector<Changed> lines;
  for (const auto& [source, numbers] : to_itself) TRY_VOID(add_from(source, numbers, lines));
  for (auto& line : lines) line.destinations = both(line.destinations, line.sources);
  for (const auto& [source, numbers] : by_source) TRY_VOID(add_from(source, numbers, lines));
  for (auto& line : lines) join_own(std::move(line), out);
  return {};
}

Result<void> Difference::add(const Arrival& like, Bdd::Node packets, std::vector<Changed>& out) {
  auto& bdd = space_->bdd();
  packets = bdd.both(bdd.both(packets, before_.lasting()), space_->everything());
  auto asked = packets;
  packets = bdd.both(packets, looked_at_);
  if (!has_ports(like.packet.protocol)) {
    packets = bdd.both(packets, space_->like(Field::kDestinationPort, {}));
  }
  // A diagram that is full holds no packets either.
  if (packets == Bdd::kNone) return bdd.check();
  TRY(auto then, before_.ways(like, packets));
  TRY(auto now, after_.ways(like, packets));
  auto fates_after = by_fates(*space_, now, after_host_.compiled(), packets);
  for (const auto& [before, some] : by_fates(*space_, then, host_.compiled(), packets))
    for (const auto& [after, others] : fates_after)
      if (before != after)
        if (auto changed = bdd.both(some, others); changed != Bdd::kNone)
          add_lines(like, changed, asked, {.before = before, .after = after}, out);
  return bdd.check();
}

// Whole blocks of destinations, ports and sources.
void Difference::add_lines(const Arrival& like, Bdd::Node packets, Bdd::Node asked, const Changed& kind,
                           std::vector<Changed>& out) {
  auto& bdd = space_->bdd();
  auto all = space_->classes_in(before_.coming_in_by(like.in_interface), Field::kSource);
  for (const auto& [of_destinations, destinations] : space_->split_by(packets, Field::kDestination))
    for (const auto& [of_ports, ports] : space_->split_by(of_destinations, Field::kDestinationPort))
      for (const auto& [rest, sources] : space_->split_by(of_ports, Field::kSource)) {
        auto line = kind;
        line.sources = values_of(*space_, Field::kSource, sources);
        line.destinations = values_of(*space_, Field::kDestination, destinations);
        if (has_ports(like.packet.protocol) &&
            ports.size() < space_->classes(Field::kDestinationPort).count())
          line.ports = values_of(*space_, Field::kDestinationPort, ports);
        line.is_from_all = like.in_interface.empty() || sources == all;
        line.conditions = conditions_of(*space_, rest, asked, fields_of_conditions());
        auto these = bdd.both(packets, space_->classes_node(Field::kDestination, destinations));
        these = bdd.both(these, space_->classes_node(Field::kDestinationPort, ports));
        these = bdd.both(these, space_->classes_node(Field::kSource, sources));
        line.example = before_.example(like, before_.plainest_of(these));
        out.push_back(std::move(line));
      }
}

}  // namespace pyfw
