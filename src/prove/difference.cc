#include "prove/difference.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include "base/contains.h"
#include "net/address_kinds.h"
#include "net/packet.h"
#include "prove/callers.h"
#include "prove/field_values.h"
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
  if (nat.kind == Nat::Kind::kMasquerade) return std::string(kMasqueraded);
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
  if (fate.outcome != FlowOutcome::kWorks) return fate;
  auto by = [&](const std::optional<RuleRef>& rule) {
    const auto* nat = rule ? std::get_if<Nat>(&host.rules[rule->chain][rule->rule].compiled.target) : nullptr;
    return nat == nullptr ? std::string() : target_of(*nat);
  };
  fate.to = by(region.led_by);
  fate.from = by(region.sent_by);
  return fate;
}

Fates without_sources(const Fates& fates) {
  Fates out;
  for (auto fate : fates) {
    fate.from.clear();
    out.insert(std::move(fate));
  }
  return out;
}

Senders senders_of(const Arrival& like) {
  return like.in_interface.empty() ? Senders::kHost : Senders::kOthers;
}

// Who sends is clear.
void join_own(Changed line, std::vector<Changed>& lines) {
  auto same = std::ranges::find_if(lines, [&](const Changed& known) {
    return known.are_open == line.are_open && known.before == line.before && known.after == line.after &&
           known.ports == line.ports && known.conditions == line.conditions;
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
                       std::span<const Set> sets_after, Family family, Senders senders, Compared compared,
                       std::size_t most_nodes)
    : host_(before),
      after_host_(after),
      space_(std::make_shared<PacketSpace>(family, most_nodes)),
      addresses_(std::make_shared<SetAddresses>()),
      before_(before, sets_before, space_, addresses_, free_fields()),
      after_(after, sets_after, space_, addresses_, free_fields()),
      compared_(compared) {
  for (auto some : {Senders::kOthers, Senders::kHost})
    if (senders == some || senders == Senders::kAll)
      looked_.emplace(
          some, Looked{Touched(before.compiled(), sets_before, after.compiled(), sets_after, *space_, some)});
  bool is_nothing =
      std::ranges::all_of(looked_, [](const auto& one) { return one.second.touched.is_nothing(); });
  if (is_nothing || are_too_many()) return;
  before_.know_constants_of(after_);
  after_.know_constants_of(before_);
  before_.learn();
  after_.learn();
  space_->settle();
  auto& bdd = space_->bdd();
  auto all = Bdd::kNone;
  for (auto& [sender, looked] : looked_) {
    looked.at = looked.touched.packets();
    if (sender == Senders::kHost) looked.at = bdd.both(looked.at, before_.usual());
    all = bdd.either(all, looked.at);
  }
  before_.look_only_at(all);
  after_.look_only_at(all);
}

bool Difference::are_too_many() const {
  return std::ranges::any_of(looked_,
                             [](const auto& one) { return one.second.touched.rules() > kMostRulesCompared; });
}

std::unexpected<Error> too_many_rules() {
  return fail(fmt::format("more than {} rules change", kMostRulesCompared),
              "pyfw who --planned shows who reaches what");
}

Result<std::vector<Changed>> Difference::of(const Arrival& like) {
  std::vector<Changed> out;
  if (are_too_many()) return too_many_rules();
  // Nobody has learnt anything of packets that no rule sees.
  if (looked_.at(senders_of(like)).touched.is_nothing()) return out;
  if (like.in_interface.empty()) {
    TRY_VOID(add_own(like, out));
    return out;
  }
  auto& bdd = space_->bdd();
  auto asked = bdd.both(before_.coming_in_by(like.in_interface), destinations(Senders::kOthers));
  // The few that are looked at come first: of all sources and destinations it is a large diagram.
  auto packets = bdd.both(bdd.both(looked_.at(Senders::kOthers).at, asked), all_like(like.packet));
  packets = bdd.both(packets, before_.between_others());
  TRY_VOID(add(like, asked, packets, out));
  return out;
}

// From and to anyone.
Bdd::Node Difference::all_like(const Packet& packet) {
  auto& bdd = space_->bdd();
  auto all = bdd.both(space_->everything(), before_.lasting());
  return has_ports(packet.protocol) ? all : bdd.both(all, space_->like(Field::kDestinationPort, {}));
}

bool Difference::can_tell(const Packet& packet) {
  // Where nothing changes the space is not settled.
  if (untold_ == Bdd::kNone) return true;
  auto& bdd = space_->bdd();
  auto same = untold_;
  for (auto field : free_fields()) same = bdd.both(same, space_->like(field, value_of(field, packet)));
  return same == Bdd::kNone;
}

Spans Difference::asked_by(std::string_view interface) {
  return values_of(*space_, Field::kSource,
                   space_->classes_in(before_.coming_in_by(interface), Field::kSource));
}

Bdd::Node Difference::destinations(Senders senders) {
  auto [known, is_new] = destinations_.try_emplace(senders, Bdd::kNone);
  if (!is_new) return known->second;
  std::vector<std::uint32_t> some;
  const auto& classes = space_->classes(Field::kDestination);
  const auto& routes = host_.compiled().routes;
  for (std::uint32_t i = 0; i < classes.count(); ++i) {
    auto ip = ip_of(space_->family(), classes.first_of(i));
    if (is_any(ip) || is_multicast(ip) || is_limited_broadcast(ip)) continue;
    if (routes.in_local_table(ip).type == RouteType::kBroadcast) continue;
    if (senders == Senders::kHost || !is_loopback(ip)) some.push_back(i);
  }
  known->second = space_->classes_node(Field::kDestination, some);
  return known->second;
}

// A process takes the source that its way has: to itself the host sends from where it sends to.
Result<void> Difference::add_own(const Arrival& like, std::vector<Changed>& out) {
  auto& bdd = space_->bdd();
  const auto& sources = space_->classes(Field::kSource);
  const auto& classes = space_->classes(Field::kDestination);
  std::map<std::uint32_t, std::vector<std::uint32_t>> by_source;
  std::map<std::uint32_t, std::vector<std::uint32_t>> to_itself;
  for (auto number : space_->classes_in(destinations(Senders::kHost), Field::kDestination)) {
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
    auto asked = bdd.both(space_->classes_node(Field::kSource, std::span(&source, 1)),
                          space_->classes_node(Field::kDestination, numbers));
    asked = bdd.both(asked, before_.usual());
    auto packets = bdd.both(bdd.both(looked_.at(Senders::kHost).at, asked), all_like(like.packet));
    return add(like, asked, packets, lines);
  };
  std::vector<Changed> lines;
  for (const auto& [source, numbers] : to_itself) TRY_VOID(add_from(source, numbers, lines));
  for (auto& line : lines) line.destinations = both(line.destinations, line.sources);
  for (const auto& [source, numbers] : by_source) TRY_VOID(add_from(source, numbers, lines));
  for (auto& line : lines) join_own(std::move(line), out);
  return {};
}

Result<void> Difference::add(const Arrival& like, Bdd::Node asked, Bdd::Node packets,
                             std::vector<Changed>& out) {
  auto& bdd = space_->bdd();
  asked = bdd.both(asked, before_.lasting());
  // A diagram that is full holds no packets either.
  if (packets == Bdd::kNone) return bdd.check();
  TRY(auto before, before_.ways(like, packets));
  TRY(auto after, after_.ways(like, packets));
  for (const auto& way : after)
    if (way.verdict.outcome == FlowOutcome::kDepends) untold_ = bdd.either(untold_, way.packets);
  compare(like, by_fates(*space_, before, host_.compiled(), packets),
          by_fates(*space_, after, after_host_.compiled(), packets), asked, false, out);
  if (compared_ == Compared::kNewAndOpen) TRY_VOID(add_open(like, before, asked, out));
  return bdd.check();
}

// NAT goes on as it was begun, so that it is the rule of before that leads them.
Result<void> Difference::add_open(const Arrival& like, const std::vector<Region>& opening, Bdd::Node asked,
                                  std::vector<Changed>& out) {
  std::vector<Region> before;
  std::vector<Region> after;
  auto opened = Bdd::kNone;
  for (const auto& way : opening) {
    if (way.verdict.outcome == FlowOutcome::kDepends) untold_ = space_->bdd().either(untold_, way.packets);
    if (way.verdict.outcome != FlowOutcome::kWorks) continue;
    opened = space_->bdd().either(opened, way.packets);
    TRY_VOID(before_.add_later_ways(before_, like, way.packets, before));
    TRY_VOID(after_.add_later_ways(before_, like, way.packets, after));
  }
  opened = space_->whatever_is_free(opened);
  compare(like, by_fates(*space_, before, host_.compiled(), opened),
          by_fates(*space_, after, host_.compiled(), opened), asked, true, out);
  return {};
}

void Difference::compare(const Arrival& like, const std::map<Fates, Bdd::Node>& before,
                         const std::map<Fates, Bdd::Node>& after, Bdd::Node asked, bool are_open,
                         std::vector<Changed>& out) {
  std::map<std::pair<Fates, Fates>, Bdd::Node> all;
  for (const auto& [then, some] : before)
    for (const auto& [now, others] : after) {
      if (then == now) continue;
      std::pair fates(without_sources(then), without_sources(now));
      if (fates.first == fates.second) fates = {then, now};
      auto& changed = all.try_emplace(std::move(fates), Bdd::kNone).first->second;
      changed = space_->bdd().either(changed, space_->bdd().both(some, others));
    }
  for (const auto& [fates, changed] : all)
    if (changed != Bdd::kNone)
      add_lines(like, changed, asked, {.are_open = are_open, .before = fates.first, .after = fates.second},
                out);
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
