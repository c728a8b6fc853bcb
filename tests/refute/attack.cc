#include "tests/refute/attack.h"

#include <sstream>

#include "wish/endpoint.h"

namespace pyfw {
namespace {

std::string text_of(const RandomHost& host, const std::string& ends) {
  std::string out = ends;
  for (auto& c : out)
    if (std::string_view("'[]{}@/").contains(c) && c != '/') c = ' ';
  for (const auto& rules : host.rules) out += " " + rules.rules + rules.sets;
  return out;
}

std::vector<Field> free_of(std::uint8_t protocol) {
  std::vector<Field> out = {Field::kSource, Field::kTtl, Field::kTos, Field::kLength};
  if (has_ports(protocol)) out.insert(out.end(), {Field::kSourcePort, Field::kDestinationPort});
  if (protocol == kTcp) out.push_back(Field::kTcpOptions);
  return out;
}

}  // namespace

Attack::Attack(const RandomHost& host, const Covered& covered, const Scene& scene, const std::string& ends,
               std::uint64_t seed)
    : family_(host.world->family),
      covered_(covered),
      scene_(scene),
      borders_(*host.world, text_of(host, ends), scene.traced.facts(), seed) {
  for (const auto& rules : host.rules) {
    std::istringstream lines(rules.rules);
    for (std::string line; std::getline(lines, line);)
      if (line.starts_with("-A ")) rules_.emplace_back(family_, line, seed + rules_.size());
  }
  for (const auto& destination : covered.destinations())
    if (destination.ip.family() == family_) destinations_.push_back(destination);
}

// Anywhere, or in what is spoken of; seldom just outside of who is excepted.
void Attack::draw_source(const CoveredSource& source, Packet& packet) {
  const auto& inside = source.addresses.at(family_);
  if (!inside.empty() && borders_.below(3) == 0) put_value(Field::kSource, borders_.point_in(inside), packet);
  constexpr std::size_t kSeldom = 8;
  if (covered_.exceptions().empty() || borders_.below(kSeldom) != 0) return;
  const auto& excepted = pick(covered_.exceptions()).addresses.at(family_);
  if (!excepted.empty()) put_value(Field::kSource, borders_.point_beside(excepted), packet);
}

// What several of its matches ask for together is hardly met by chance.
void Attack::draw_as_a_rule_has_it(const std::vector<Field>& free, Packet& packet) {
  if (rules_.empty() || borders_.below(2) == 0) return;
  rules_[borders_.below(rules_.size())].move_named(free, packet);
}

void Attack::draw_port(const std::optional<PortRange>& ports, Field field, Packet& packet) {
  if (!ports) return;
  auto port = value_of(field, packet).low;
  if (port < ports->first || ports->last < port)
    put_value(field, borders_.point_in({span_of(ports->first, ports->last)}), packet);
}

Arrival Attack::draw_anew() {
  const auto& to = pick(destinations_);
  const auto& from = pick(covered_.sources());
  auto protocol = protocol_between(*from.end, *to.end);
  Arrival out{.packet = first_packet(to.ip, protocol, 0), .in_interface = from.end->interface};
  auto free = free_of(protocol);
  borders_.move_all(free, out.packet);
  draw_source(from, out.packet);
  draw_as_a_rule_has_it(free, out.packet);
  draw_port(from.end->ports, Field::kSourcePort, out.packet);
  draw_port(to.end->ports, Field::kDestinationPort, out.packet);
  return out;
}

Arrival Attack::draw_beside_a_kept_one() {
  auto out = pick(kept_);
  auto free = free_of(out.packet.protocol);
  if (borders_.below(3) == 0) {
    draw_as_a_rule_has_it(free, out.packet);
  } else {
    borders_.move_one(free, out.packet);
  }
  return out;
}

std::optional<Arrival> Attack::draw() {
  if (destinations_.empty()) return std::nullopt;
  auto out = !kept_.empty() && borders_.below(3) == 0 ? draw_beside_a_kept_one() : draw_anew();
  if (covered_.has(out)) return out;
  out.in_interface = entry_interface(scene_.traced, out.packet.source).value_or("");
  if (covered_.has(out)) return out;
  return std::nullopt;
}

}  // namespace pyfw
