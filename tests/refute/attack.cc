#include "tests/refute/attack.h"

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

}  // namespace

Attack::Attack(const RandomHost& host, const Covered& covered, const Scene& scene, const std::string& ends,
               std::uint64_t seed)
    : family_(host.world->family),
      covered_(covered),
      scene_(scene),
      borders_(*host.world, text_of(host, ends), scene.traced.facts(), seed) {}

// Anywhere, or in what is spoken of; seldom just outside of who is excepted.
void Attack::draw_source(const CoveredSource& source, Packet& packet) {
  const auto& inside = source.addresses.at(family_);
  if (!inside.empty() && borders_.below(3) == 0)
    put_value(Field::kSource, borders_.point_in(inside), packet);
  constexpr std::size_t kSeldom = 8;
  if (covered_.exceptions().empty() || borders_.below(kSeldom) != 0) return;
  const auto& excepted = pick(covered_.exceptions()).addresses.at(family_);
  if (!excepted.empty()) put_value(Field::kSource, borders_.point_beside(excepted), packet);
}

void Attack::draw_port(const std::optional<PortRange>& ports, Field field, Packet& packet) {
  if (!ports) return;
  auto port = value_of(field, packet).low;
  if (port < ports->first || ports->last < port)
    put_value(field, borders_.point_in({span_of(ports->first, ports->last)}), packet);
}

std::string Attack::draw_entry(const CoveredSource& source, const Packet& packet) {
  if (!source.end->interface.empty()) return source.end->interface;
  return entry_interface(scene_.traced, packet.source).value_or("");
}

std::optional<Arrival> Attack::draw() {
  if (covered_.destinations().empty()) return std::nullopt;
  const auto& to = pick(covered_.destinations());
  const auto& from = pick(covered_.sources());
  if (to.ip.family() != family_) return std::nullopt;
  auto protocol = protocol_between(*from.end, *to.end);
  Arrival out{.packet = first_packet(to.ip, protocol, 0)};
  std::vector<Field> free = {Field::kSource, Field::kTtl, Field::kTos, Field::kLength};
  if (has_ports(protocol)) free.insert(free.end(), {Field::kSourcePort, Field::kDestinationPort});
  if (protocol == kTcp) free.push_back(Field::kTcpOptions);
  borders_.move_all(free, out.packet);
  draw_source(from, out.packet);
  draw_port(from.end->ports, Field::kSourcePort, out.packet);
  draw_port(to.end->ports, Field::kDestinationPort, out.packet);
  out.in_interface = draw_entry(from, out.packet);
  if (!covered_.has(out)) return std::nullopt;
  return out;
}

}  // namespace pyfw
