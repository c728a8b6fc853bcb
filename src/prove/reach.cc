#include "prove/reach.h"

#include <algorithm>
#include <utility>

#include "base/contains.h"
#include "prove/host_questions.h"
#include "trace/address_kinds.h"

namespace pyfw {
namespace {

constexpr std::size_t kMostWays = 100'000;
constexpr std::size_t kMostTellings = 200;
// The TTL of what is not handed on.
constexpr PointSpan kExpiring = span_of(0, 1);

bool is_address(Field field) { return field == Field::kSource || field == Field::kDestination; }
bool is_port(Field field) { return field == Field::kSourcePort || field == Field::kDestinationPort; }

void put(Field field, Point value, Packet& packet) {
  auto byte = static_cast<std::uint8_t>(value.low);
  auto word = static_cast<std::uint16_t>(value.low);
  switch (field) {
    case Field::kSource: packet.source = ip_of(packet.destination.family(), value); break;
    case Field::kDestination: packet.destination = ip_of(packet.source.family(), value); break;
    case Field::kSourcePort: packet.source_port = word; break;
    case Field::kDestinationPort: packet.destination_port = word; break;
    case Field::kTtl: packet.ttl = byte; break;
    case Field::kTos: packet.tos = byte; break;
    case Field::kLength: packet.length = word; break;
    case Field::kTcpOptions: packet.tcp_option_kinds = byte; break;
    default: break;
  }
}

// What a packet has that nobody thinks about.
std::optional<Point> usual_value(Field field) {
  constexpr Packet kPlain{};
  switch (field) {
    case Field::kSourcePort: return Point{.low = 50123};
    case Field::kTtl: return Point{.low = kPlain.ttl};
    case Field::kTos: return Point{.low = kPlain.tos};
    case Field::kLength: return Point{.low = kPlain.length};
    case Field::kTcpOptions: return Point{.low = kPlain.tcp_option_kinds};
    default: return std::nullopt;
  }
}

}  // namespace

Reach::Reach(const TracedHost& host, std::span<const Set> sets, Family family, std::vector<Field> free)
    : host_(host),
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
  for (const auto& span : ports_) freedom_.ports.insert(span.first);
  auto last = space_.family() == Family::kIpv4 ? Point{.low = 0xffffffff} : Point{~0ULL, ~0ULL};
  for (auto field : freedom_.free) {
    if (auto value = usual_value(field)) space_.ask(field, {{*value, *value}});
    bool is_destination_port = field == Field::kDestinationPort;
    if (field == Field::kTtl) space_.ask(field, {kExpiring});
    if (!is_address(field) && !is_destination_port) continue;
    auto& kinds = kinds_.try_emplace(field, is_address(field) ? last : Point{.low = 0xffff}).first->second;
    for (const auto& span : is_address(field) ? addresses_ : ports_) kinds.classes.add({span});
    kinds.classes.cut();
    for (std::uint32_t kind = 0; kind < kinds.classes.count(); ++kind)
      kinds.questions.push_back(space_.ask(field, kinds.classes.values_of(kind)));
  }
  if (contains(freedom_.free, Field::kSourcePort))
    for (const auto& span : ports_) space_.ask(Field::kSourcePort, {span});
  space_.settle();
}

// Those that go the same way as far as anything but rules is asked.
Bdd::Node Reach::between_rules(const Packet& packet) {
  auto& bdd = space_.bdd();
  auto out = Bdd::kAll;
  auto keep_kind = [&](Field field, Point value) {
    auto found = kinds_.find(field);
    if (found == kinds_.end()) return;
    out = bdd.both(out, space_.node(found->second.questions[found->second.classes.class_of(value)]));
  };
  auto keep_side = [&](Field field, const PointSpan& span, std::uint64_t value) {
    if (!contains(freedom_.free, field)) return;
    auto inside = space_.node(space_.ask(field, {span}));
    bool is_in = span.first.low <= value && value <= span.last.low;
    out = is_in ? bdd.both(out, inside) : bdd.without(out, inside);
  };
  keep_kind(Field::kSource, point_of(packet.source));
  keep_kind(Field::kDestination, point_of(packet.destination));
  keep_kind(Field::kDestinationPort, {.low = packet.destination_port});
  keep_side(Field::kTtl, kExpiring, packet.ttl);
  // A port that talks to itself is one connection both ways.
  if (packet.source == packet.destination)
    keep_side(Field::kSourcePort, span_of(packet.destination_port, packet.destination_port),
              packet.source_port);
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
  for (auto field : freedom_.free) put(field, value_for(field, space_.class_of(packet, field)), out.packet);
  return out;
}

Bdd::Node Reach::lasting() {
  if (!contains(freedom_.free, Field::kTtl)) return Bdd::kAll;
  return space_.bdd().opposite(space_.node(space_.ask(Field::kTtl, {kExpiring})));
}

Bdd::Node Reach::coming_in_by(std::string_view interface) {
  auto out = Bdd::kNone;
  auto found = kinds_.find(Field::kSource);
  if (found == kinds_.end()) return Bdd::kAll;
  for (std::uint32_t kind = 0; kind < found->second.classes.count(); ++kind) {
    auto ip = ip_of(space_.family(), found->second.classes.first_of(kind));
    if (is_any(ip) || is_loopback(ip) || is_multicast(ip) || is_limited_broadcast(ip)) continue;
    if (host_.compiled().routes.in_local_table(ip).route != nullptr) continue;
    if (entry_interface(host_, ip) == interface)
      out = space_.bdd().either(out, space_.node(found->second.questions[kind]));
  }
  return out;
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
      return fail("pyfw contradicts itself: " + alike.contradiction +
                  ", says the prover of a packet that "
                  "the tracer has followed");
    auto taken = bdd.both(left, bdd.both(alike.packets, between_rules(arrival.packet)));
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

}  // namespace pyfw
