#include "prove/reach.h"

#include <algorithm>
#include <utility>

#include "base/contains.h"
#include "prove/field_values.h"
#include "prove/host_questions.h"
#include "prove/source_kinds.h"
#include "trace/address_kinds.h"

namespace pyfw {
namespace {

constexpr std::size_t kMostWays = 100'000;
constexpr std::size_t kMostTellings = 200;
// The TTL of what is not handed on.
constexpr PointSpan kExpiring = span_of(0, 1);

// What a packet has that nobody thinks about. Of addresses there is none.
std::optional<Point> usual_value(Field field) {
  constexpr std::uint16_t kSomePort = 50123;
  Packet plain;
  plain.source_port = kSomePort;
  if (is_address(field) || field == Field::kDestinationPort) return std::nullopt;
  return value_of(field, plain);
}

}  // namespace

Reach::Reach(const TracedHost& host, std::span<const Set> sets, Family family, std::vector<Field> free)
    : host_(host),
      sets_(sets),
      space_(family),
      freedom_{.free = std::move(free)},
      meanings_(space_, host.compiled().surroundings, sets, freedom_.free),
      sums_(space_, meanings_, host.compiled()),
      alike_(space_, sums_, host.compiled(), freedom_),
      addresses_(address_questions(host.compiled(), family)),
      ports_(port_questions(host.compiled(), family)) {}

void Reach::add_address(const Ip& ip) {
  if (ip.family() == space_.family()) addresses_.push_back({point_of(ip), point_of(ip)});
}

void Reach::add_port(std::uint16_t port) { ports_.push_back(span_of(port, port)); }

void Reach::settle() {
  const auto& compiled = host_.compiled();
  for (std::size_t chain = 0; chain < compiled.rules.size(); ++chain) {
    if (compiled.chains[chain].family != space_.family()) continue;
    sums_.learn(static_cast<ChainIndex>(chain));
    for (const auto& rule : compiled.rules[chain])
      if (auto field = field_made_of_itself(rule.compiled.target); field && contains(freedom_.free, *field))
        for (unsigned value = 0; value <= 0xff; ++value) space_.ask(*field, {span_of(value, value)});
  }
  for (const auto& span : addresses_)
    if (span.first == span.last) freedom_.addresses.insert(span.first);
  for (const auto& span : ports_)
    if (span.first == span.last) freedom_.ports.insert(span.first);
  for (auto field : freedom_.free) {
    if (auto value = usual_value(field)) space_.ask(field, {{*value, *value}});
    bool is_destination_port = field == Field::kDestinationPort;
    if (field == Field::kTtl) expiring_ = space_.ask(field, {kExpiring});
    if (!is_address(field) && !is_destination_port) continue;
    settle_kinds(field);
  }
  if (contains(freedom_.free, Field::kSource))
    for (const auto& span : addresses_)
      if (span.first == span.last) ask_who_is_there(ip_of(space_.family(), span.first));
  if (contains(freedom_.free, Field::kSourcePort))
    for (const auto& span : ports_)
      source_ports_.push_back({.span = span, .question = space_.ask(Field::kSourcePort, {span})});
  space_.settle();
}

void Reach::settle_kinds(Field field) {
  auto last_of_all = space_.family() == Family::kIpv4 ? Point{.low = 0xffffffff} : Point{~0ULL, ~0ULL};
  auto last = is_address(field) ? last_of_all : Point{.low = 0xffff};
  auto& kinds = kinds_.try_emplace(field, last).first->second;
  for (const auto& span : is_address(field) ? addresses_ : ports_) kinds.classes.add({span});
  kinds.classes.cut();
  SourceKinds sources(host_, sets_, space_.family());
  std::map<std::string, std::size_t> known;
  std::vector<std::vector<PointSpan>> values;
  for (std::uint32_t i = 0; i < kinds.classes.count(); ++i) {
    auto first = kinds.classes.first_of(i);
    auto kind = values.size();
    if (field == Field::kSource)
      kind = known.try_emplace(sources.of(ip_of(space_.family(), first)), kind).first->second;
    if (kind == values.size()) {
      values.emplace_back();
      kinds.examples.push_back(first);
    }
    kinds.of_class.push_back(kind);
    for (const auto& span : kinds.classes.values_of(i)) values[kind].push_back(span);
  }
  for (auto& spans : values) kinds.questions.push_back(space_.ask(field, std::move(spans)));
}

void Reach::ask_who_is_there(const Ip& ip) {
  auto& questions = there_[ip];
  std::vector<PointSpan> spans;
  for (const auto& one : beside(host_, ip))
    if (one.family() == space_.family()) spans.push_back({.first = point_of(one), .last = point_of(one)});
  questions.push_back(space_.ask(Field::kSource, {{.first = point_of(ip), .last = point_of(ip)}}));
  if (spans.size() > 1) questions.push_back(space_.ask(Field::kSource, std::move(spans)));
}

Bdd::Node Reach::on_the_side_of(const PacketSpace::Question& question, Point value) {
  auto of_class = space_.classes(question.field).class_of(value);
  auto inside = space_.node(question);
  bool is_in = space_.bdd().meet(inside, space_.classes_node(question.field, std::span(&of_class, 1)));
  return is_in ? inside : space_.bdd().opposite(inside);
}

// Those that go the same way as far as anything but rules is asked.
Bdd::Node Reach::between_rules(const FlowTrace& trace) {
  auto& bdd = space_.bdd();
  const auto& packet = trace.legs.front().packet;
  auto out = like_destinations(trace);
  for (const auto& [field, kinds] : kinds_)
    out = bdd.both(
        out, space_.node(kinds.questions[kinds.of_class[kinds.classes.class_of(value_of(field, packet))]]));
  if (expiring_) out = bdd.both(out, on_the_side_of(*expiring_, {.low = packet.ttl}));
  for (const auto& [span, question] : source_ports_) {
    bool is_range = span.first != span.last;  // NAT leaves a port that is in it, and takes the first else
    // A port that talks to itself is one connection both ways.
    bool is_itself = packet.source == packet.destination && span.first.low == packet.destination_port;
    if (is_range || is_itself) out = bdd.both(out, on_the_side_of(question, {.low = packet.source_port}));
  }
  return out;
}

// A bridge does not send back to the port that a packet came by: who sends is not who is sent to.
Bdd::Node Reach::like_destinations(const FlowTrace& trace) {
  auto out = Bdd::kAll;
  const auto& packet = trace.legs.front().packet;
  auto keep = [&](const Ip& ip) {
    auto found = there_.find(ip);
    if (found == there_.end()) return;
    for (const auto& question : found->second)
      out = space_.bdd().both(out, on_the_side_of(question, point_of(packet.source)));
  };
  for (const auto& leg : trace.legs) {
    if (leg.role != LegRole::kRequest && leg.role != LegRole::kProxied) continue;
    keep(leg.packet.destination);
    keep(leg.path.last.packet.destination);
    for (const auto& translation : leg.path.translations) keep(translation.before.destination);
  }
  return out;
}

Bdd::Node Reach::usual() {
  auto out = Bdd::kAll;
  for (auto field : freedom_.free) {
    auto value = usual_value(field);
    if (!value) continue;
    auto of_class = space_.classes(field).class_of(*value);
    out = space_.bdd().both(out, space_.classes_node(field, std::span(&of_class, 1)));
  }
  return out;
}

// One that is no constant of the host's, so that it is seen where it comes from.
Point Reach::value_for(Field field, std::uint32_t of_class) const {
  const auto& classes = space_.classes(field);
  if (auto usual = usual_value(field); usual && classes.class_of(*usual) == of_class) return *usual;
  if (!is_address(field) && !is_port(field)) return classes.first_of(of_class);
  const auto& constants = is_address(field) ? freedom_.addresses : freedom_.ports;
  // A network's first address is nobody's.
  constexpr std::uint64_t kSomeHost = 7;
  for (const auto& span : classes.values_of(of_class)) {
    auto some = span.first;
    some.low += kSomeHost;
    if (is_address(field) && span.first < some && some <= span.last && !constants.contains(some)) return some;
  }
  for (const auto& span : classes.values_of(of_class))
    for (auto value = span.first;; value = after(value)) {
      if (!constants.contains(value)) return value;
      if (value == span.last) break;
    }
  return classes.first_of(of_class);
}

PacketSpace::OnePacket Reach::plainest_of(Bdd::Node packets) {
  auto plain = space_.bdd().both(packets, usual());
  return *space_.one_of(plain != Bdd::kNone ? plain : packets);
}

Arrival Reach::example(const Arrival& like, const PacketSpace::OnePacket& packet) {
  auto out = like;
  for (auto field : freedom_.free)
    put_value(field, value_for(field, space_.class_of(packet, field)), out.packet);
  return out;
}

Bdd::Node Reach::from(const Ip& ip) {
  auto of_class = space_.classes(Field::kSource).class_of(point_of(ip));
  return space_.classes_node(Field::kSource, std::span(&of_class, 1));
}

Bdd::Node Reach::lasting() { return expiring_ ? space_.bdd().opposite(space_.node(*expiring_)) : Bdd::kAll; }

Bdd::Node Reach::coming_in_by(std::string_view interface) {
  auto found = kinds_.find(Field::kSource);
  if (found == kinds_.end()) return Bdd::kAll;
  const auto& kinds = found->second;
  if (coming_in_.empty())
    for (std::size_t kind = 0; kind < kinds.examples.size(); ++kind) {
      auto ip = ip_of(space_.family(), kinds.examples[kind]);
      if (is_any(ip) || is_multicast(ip) || is_limited_broadcast(ip)) continue;
      auto& packets =
          coming_in_.try_emplace(entry_interface(host_, ip).value_or(""), Bdd::kNone).first->second;
      packets = space_.bdd().either(packets, space_.node(kinds.questions[kind]));
    }
  auto packets = coming_in_.find(interface);
  return packets == coming_in_.end() ? Bdd::kNone : packets->second;
}

Result<std::vector<Region>> Reach::ways(const Arrival& like, Bdd::Node packets) {
  auto& bdd = space_.bdd();
  auto left = bdd.both(packets, space_.everything());
  FlowOptions options{.keeps_views = true};
  std::vector<Region> regions;
  while (left != Bdd::kNone) {
    if (regions.size() >= kMostWays) return fail("the packets go more ways than can be looked at");
    auto packet = plainest_of(left);
    auto arrival = example(like, packet);
    std::vector<bool> answers;
    Told told;
    Alike alike;
    std::size_t tellings = 0;
    do {
      if (alike.answers) answers = *alike.answers;
      told = tell_story(host_, arrival, options, answers);
      alike = alike_.find(told, packet, answers);
    } while (alike.answers && ++tellings < kMostTellings);
    if (alike.answers) return fail("too many matches can't be told on one packet's way");
    if (!alike.contradiction.empty())
      return fail("pyfw contradicts itself: " + alike.contradiction + ", which the tracer says otherwise");
    auto taken = bdd.both(left, bdd.both(alike.packets, between_rules(told.trace)));
    TRY_VOID(bdd.check());
    if (taken == Bdd::kNone || !bdd.contains(taken, packet))
      return fail("pyfw contradicts itself: a packet does not go its own way");
    Region region{.packets = taken, .verdict = std::move(told.trace.verdict), .example = std::move(arrival)};
    if (alike.untold) region.verdict = {.outcome = FlowOutcome::kDepends, .questions = {*alike.untold}};
    left = bdd.without(left, taken);
    regions.push_back(std::move(region));
  }
  return regions;
}

Sides sides_of(Reach& reach, std::span<const Region> regions,
               const std::function<bool(const FlowVerdict&)>& is_so) {
  auto& space = reach.space();
  auto& bdd = space.bdd();
  auto may = Bdd::kNone;
  auto may_not = Bdd::kNone;
  for (const auto& region : regions) {
    bool can_be_told = region.verdict.outcome != FlowOutcome::kDepends;
    if (!can_be_told || is_so(region.verdict)) may = bdd.either(may, region.packets);
    if (!can_be_told || !is_so(region.verdict)) may_not = bdd.either(may_not, region.packets);
  }
  may = space.whatever_is_free(may);
  may_not = space.whatever_is_free(may_not);
  return {.always = bdd.without(may, may_not),
          .never = bdd.without(may_not, may),
          .sometimes = bdd.both(may, may_not)};
}

}  // namespace pyfw
