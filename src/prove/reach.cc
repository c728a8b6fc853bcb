#include "prove/reach.h"

#include <algorithm>
#include <set>
#include <utility>

#include "base/contains.h"
#include "net/address_kinds.h"
#include "prove/field_values.h"
#include "prove/host_questions.h"
#include "prove/nat_choices.h"
#include "prove/spans.h"

namespace pyfw {
namespace {

constexpr std::size_t kMostWays = 100'000;
constexpr std::size_t kMostTellings = 200;
// The TTL of what is not handed on.
constexpr PointSpan kExpiring = span_of(0, 1);

}  // namespace

Reach::Reach(const TracedHost& host, std::span<const Set> sets, std::shared_ptr<PacketSpace> space,
             std::shared_ptr<SetAddresses> addresses, std::vector<Field> free)
    : host_(host),
      shared_(std::move(space)),
      shared_addresses_(std::move(addresses)),
      space_(*shared_),
      freedom_{.free = std::move(free)},
      meanings_(space_, host.compiled().surroundings, sets, *shared_addresses_, freedom_.free),
      sums_(space_, meanings_, host.compiled()),
      alike_(space_, sums_, host.compiled(), freedom_),
      examples_(space_, freedom_),
      addresses_(address_questions(host.compiled(), space_.family())),
      ports_(port_questions(host.compiled(), space_.family())),
      end_kinds_(host, sets, space_.family()) {}

Reach::Reach(const TracedHost& host, std::span<const Set> sets, Family family, std::vector<Field> free)
    : Reach(host, sets, std::make_shared<PacketSpace>(family), std::make_shared<SetAddresses>(),
            std::move(free)) {}

void Reach::add_address(const Ip& ip) {
  if (ip.family() == space_.family()) addresses_.push_back({point_of(ip), point_of(ip)});
}

void Reach::add_port(std::uint16_t port) { ports_.push_back(span_of(port, port)); }

void Reach::settle() {
  learn();
  space_.settle();
}

void Reach::learn() {
  const auto& compiled = host_.compiled();
  // Hundreds of services stand at the same few addresses, and containers have the same ports.
  for (auto* spans : {&addresses_, &ports_}) {
    std::ranges::sort(*spans);
    auto repeated = std::ranges::unique(*spans);
    spans->erase(repeated.begin(), repeated.end());
  }
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
  if (contains(freedom_.free, Field::kDestinationPort))
    for (const auto& span : ports_)
      if (span.first == span.last)
        destination_ports_.emplace(static_cast<std::uint16_t>(span.first.low),
                                   space_.ask(Field::kDestinationPort, {span}));
  if (contains(freedom_.free, Field::kDestination))
    for (const auto& target : addresses_of_nat(compiled, space_.family()))
      led_to_.emplace(target, space_.ask(Field::kDestination, {{point_of(target), point_of(target)}}));
  if (contains(freedom_.free, Field::kSourcePort))
    for (const auto& span : ports_)
      source_ports_.push_back({.span = span, .question = space_.ask(Field::kSourcePort, {span})});
}

void Reach::settle_kinds(Field field) {
  auto last_of_all = space_.family() == Family::kIpv4 ? Point{.low = 0xffffffff} : Point{~0ULL, ~0ULL};
  auto last = is_address(field) ? last_of_all : Point{.low = 0xffff};
  auto& kinds = kinds_.try_emplace(field, last).first->second;
  for (const auto& span : is_address(field) ? addresses_ : ports_) kinds.classes.add({span});
  kinds.classes.cut();
  auto kind_of = [&](const Ip& ip) {
    return field == Field::kSource ? end_kinds_.of_source(ip) : end_kinds_.of_destination(ip);
  };
  std::map<std::string, std::size_t> known;
  std::vector<std::vector<PointSpan>> values;
  for (std::uint32_t i = 0; i < kinds.classes.count(); ++i) {
    auto first = kinds.classes.first_of(i);
    auto kind = values.size();
    if (is_address(field))
      kind = known.try_emplace(kind_of(ip_of(space_.family(), first)), kind).first->second;
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
  if (spans.size() > 1) questions.push_back(space_.ask(Field::kSource, spans));
  if (contains(freedom_.free, Field::kDestination))
    to_themselves_.emplace_back(questions.back(), space_.ask(Field::kDestination, std::move(spans)));
}

Bdd::Node Reach::on_the_side_of(const PacketSpace::Question& question, Point value) {
  auto inside = space_.node(question);
  bool is_in = space_.bdd().meet(inside, space_.like(question.field, value));
  return is_in ? inside : space_.bdd().opposite(inside);
}

// Those that go the same way as far as anything but rules is asked.
Bdd::Node Reach::between_rules(const FlowTrace& trace) {
  auto& bdd = space_.bdd();
  const auto& packet = trace.legs.front().packet;
  auto out = bdd.both(like_destinations(trace), like_ports(trace));
  // Of values that are the same by chance nobody sees which one it is that comes back.
  for (auto [one, other] :
       {std::pair{Field::kSource, Field::kDestination}, {Field::kSourcePort, Field::kDestinationPort}}) {
    bool are_free = contains(freedom_.free, one) && contains(freedom_.free, other);
    if (!are_free || value_of(one, packet) != value_of(other, packet)) continue;
    for (auto field : {one, other}) out = bdd.both(out, space_.like(field, value_of(field, packet)));
  }
  for (const auto& [field, kinds] : kinds_) {
    if (field == Field::kDestinationPort && !is_kind_of_port_asked(trace)) continue;
    out = bdd.both(
        out, space_.node(kinds.questions[kinds.of_class[kinds.classes.class_of(value_of(field, packet))]]));
  }
  if (expiring_) out = bdd.both(out, on_the_side_of(*expiring_, {.low = packet.ttl}));
  for (const auto& [span, question] : source_ports_) {
    bool is_range = span.first != span.last;  // NAT leaves a port that is in it, and takes the first else
    // A port that talks to itself is one connection both ways.
    bool is_itself = packet.source == packet.destination && span.first.low == packet.destination_port;
    if (is_range || is_itself) out = bdd.both(out, on_the_side_of(question, {.low = packet.source_port}));
  }
  return out;
}

// The host looks at each port by itself, and so does NAT that keeps those of a range.
bool Reach::is_kind_of_port_asked(const FlowTrace& trace) const {
  const auto& request = trace.legs.front().path;
  return request.ending.kind == EndKind::kDelivered ||
         std::ranges::any_of(request.translations, [&](const Translation& translation) {
           if (!translation.rule) return true;
           const auto& target = host_.compiled().rules[translation.rule->chain][translation.rule->rule];
           const auto* nat = std::get_if<Nat>(&target.compiled.target);
           return nat == nullptr || (nat->ports && nat->ports->first != nat->ports->last);
         });
}

// A container looks whether it listens there. And who asks for where NAT leads to is not led on.
Bdd::Node Reach::like_ports(const FlowTrace& trace) {
  auto out = Bdd::kAll;
  const auto& request = trace.legs.front();
  const auto& received = request.path.last.packet;
  auto keep = [&](std::uint16_t port) {
    auto found = destination_ports_.find(port);
    if (found == destination_ports_.end()) return;
    out = space_.bdd().both(out, on_the_side_of(found->second, {.low = request.packet.destination_port}));
  };
  if (led_to_.contains(received.destination)) keep(received.destination_port);
  if (const auto& docker = host_.facts().docker; docker)
    for (const auto& container : docker->containers)
      if (contains(container.addresses, received.destination, &ContainerAddress::ip))
        for (const auto& listening : container.listeners.value_or(std::vector<Container::Listening>()))
          keep(listening.port);
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
  // Where NAT leads who asks for another is not where it leads who asks for that one.
  if (auto led = led_to_.find(trace.legs.front().path.last.packet.destination); led != led_to_.end())
    out = on_the_side_of(led->second, point_of(packet.destination));
  for (const auto& leg : trace.legs) {
    if (leg.role != LegRole::kRequest && leg.role != LegRole::kProxied) continue;
    keep(leg.packet.destination);
    keep(leg.path.last.packet.destination);
    for (const auto& translation : leg.path.translations) keep(translation.before.destination);
  }
  // Whoever asked takes no answer from another address; that to what was not tracked may be given one.
  for (const auto& leg : trace.legs)
    if (auto given = led_to_.find(leg.path.last.packet.source);
        leg.role == LegRole::kAnswer && given != led_to_.end())
      out = space_.bdd().both(out, on_the_side_of(given->second, point_of(packet.destination)));
  return out;
}

bool Reach::are_one_kind(const PointSpan& addresses) const {
  // Which of some containers it is matters to each of them.
  const auto& docker = host_.facts().docker;
  auto is_among = [&](const ContainerAddress& address) {
    auto point = point_of(address.ip);
    return address.ip.family() == space_.family() && addresses.first <= point && point <= addresses.last;
  };
  if (docker && std::ranges::any_of(docker->containers, [&](const Container& container) {
        return std::ranges::any_of(container.addresses, is_among);
      }))
    return false;
  std::set<std::string> kinds;
  const auto& classes = kinds_.at(Field::kSource).classes;
  for (std::uint32_t i = 0; i < classes.count(); ++i)
    if (!both(classes.values_of(i), {addresses}).empty())
      kinds.insert(end_kinds_.of_destination(ip_of(space_.family(), classes.first_of(i))));
  return kinds.size() <= 1;
}

std::optional<OpenQuestion> Reach::choice_of_nat(const FlowTrace& trace) {
  auto is_choice = [&](const Nat& nat) {
    if (nat.port_base && contains(freedom_.free, Field::kDestinationPort)) return true;
    auto chosen = chosen_from(nat);
    return chosen && !are_one_kind(*chosen);
  };
  // Of the rules that matched: where it chooses what was there already nothing is translated.
  for (const auto& leg : trace.legs)
    for (const auto& step : leg.path.steps) {
      if (step.kind != StepKind::kMatched) continue;
      RuleRef rule{.chain = step.chain, .rule = step.rule};
      const auto* nat = std::get_if<Nat>(&host_.compiled().rules[rule.chain][rule.rule].compiled.target);
      if (nat == nullptr) continue;
      auto [known, is_new] = choices_.try_emplace({rule.chain, rule.rule}, false);
      if (is_new) known->second = is_choice(*nat);
      if (known->second) return OpenQuestion{.rule = rule, .on = "what NAT makes of each packet"};
    }
  return std::nullopt;
}

Bdd::Node Reach::from(const Ip& ip) { return space_.like(Field::kSource, point_of(ip)); }

Bdd::Node Reach::between_others() {
  if (between_others_) return *between_others_;
  auto& bdd = space_.bdd();
  const auto& destinations = space_.classes(Field::kDestination);
  std::vector<Bdd::Node> sources(destinations.count(), Bdd::kAll);
  for (const auto& [source, destination] : to_themselves_)
    for (auto of_class : destinations.inside(destination.number))
      sources[of_class] = bdd.without(sources[of_class], space_.node(source));
  between_others_ = space_.by_destination(sources);
  return *between_others_;
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

// Whose ends are of other kinds go other ways; what is left of a few kinds is a smaller diagram than what is
// left of all.
Result<std::vector<Region>> Reach::ways(const Arrival& like, Bdd::Node packets) {
  std::vector<Bdd::Node> cells = {space_.bdd().both(packets, space_.everything())};
  for (const auto& [field, kinds] : kinds_) {
    if (!is_address(field)) continue;
    std::vector<Bdd::Node> smaller;
    for (auto cell : cells)
      for (const auto& question : kinds.questions)
        if (auto both = space_.bdd().both(cell, space_.node(question)); both != Bdd::kNone)
          smaller.push_back(both);
    cells = std::move(smaller);
  }
  std::vector<Region> regions;
  auto follow_one = [&](const Arrival& arrival, const PacketSpace::OnePacket& packet) {
    return follow(arrival, packet);
  };
  for (auto cell : cells) TRY_VOID(add_ways(like, cell, follow_one, regions));
  return regions;
}

Result<Reach::Followed> Reach::follow(const Arrival& arrival, const PacketSpace::OnePacket& packet,
                                      const FlowOptions& options) {
  auto& bdd = space_.bdd();
  auto keeping = options;
  keeping.keeps_views = true;
  std::vector<bool> answers;
  Followed out;
  Alike alike;
  std::size_t tellings = 0;
  do {
    if (alike.answers) answers = *alike.answers;
    out.told = tell_story(host_, arrival, keeping, answers);
    alike = alike_.find(out.told, packet, answers, options.is_open ? 1 : 0);
  } while (alike.answers && ++tellings < kMostTellings);
  if (alike.answers) return fail("too many matches can't be told on one packet's way");
  // What a diagram that is full says is no contradiction.
  TRY_VOID(bdd.check());
  if (!alike.contradiction.empty())
    return fail("pyfw contradicts itself: " + alike.contradiction + ", which the tracer says otherwise");
  out.packets = bdd.both(alike.packets, between_rules(out.told.trace));
  TRY_VOID(bdd.check());
  if (!bdd.contains(out.packets, packet))
    return fail("pyfw contradicts itself: a packet does not go its own way");
  out.untold = alike.untold ? std::move(alike.untold) : choice_of_nat(out.told.trace);
  const auto& request = out.told.trace.legs.front();
  out.led_by = rule_that_leads(request.path, host_.compiled());
  out.sent_by = rule_that_sends(request, host_.compiled());
  return out;
}

Result<void> Reach::add_ways(const Arrival& like, Bdd::Node left, const Follow& follow_one,
                             std::vector<Region>& regions) {
  auto& bdd = space_.bdd();
  while (left != Bdd::kNone) {
    if (regions.size() >= kMostWays) return fail("the packets go more ways than can be looked at");
    auto packet = examples_.plainest_of(left);
    auto arrival = examples_.of(like, packet);
    TRY(auto followed, follow_one(arrival, packet));
    auto taken = bdd.both(left, followed.packets);
    TRY_VOID(bdd.check());
    left = bdd.without(left, taken);
    auto& trace = followed.told.trace;
    Region region{.packets = taken,
                  .verdict = std::move(trace.verdict),
                  .example = std::move(arrival),
                  .led_by = followed.led_by,
                  .sent_by = followed.sent_by};
    if (followed.untold) region.verdict = {.outcome = FlowOutcome::kDepends, .questions = {*followed.untold}};
    regions.push_back(std::move(region));
  }
  return {};
}

Result<void> Reach::add_later_ways(Reach& opener, const Arrival& like, Bdd::Node opened,
                                   std::vector<Region>& regions) {
  auto follow_later = [&](const Arrival& first, const PacketSpace::OnePacket& packet) -> Result<Followed> {
    TRY(auto opening, opener.follow(first, packet));
    TRY(auto later, follow(later_request(first, opening.told.trace), packet, {.is_open = true}));
    later.packets = space_.bdd().both(later.packets, opening.packets);
    if (opening.untold) later.untold = opening.untold;
    // Where nobody tracks connections any more, they have no NAT.
    bool is_tracked = later.told.trace.legs.front().path.last.connection.has_value();
    later.led_by = is_tracked ? opening.led_by : std::nullopt;
    later.sent_by = is_tracked ? opening.sent_by : std::nullopt;
    return later;
  };
  return add_ways(like, opened, follow_later, regions);
}

void Reach::know_constants_of(const Reach& other) {
  addresses_.insert(addresses_.end(), other.addresses_.begin(), other.addresses_.end());
  ports_.insert(ports_.end(), other.ports_.begin(), other.ports_.end());
}

}  // namespace pyfw
