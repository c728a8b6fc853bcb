#include "prove/examples.h"

#include "prove/field_values.h"

namespace pyfw {

std::optional<Point> usual_value(Field field) {
  constexpr std::uint16_t kSomePort = 50123;
  Packet plain;
  plain.source_port = kSomePort;
  if (is_address(field) || field == Field::kDestinationPort) return std::nullopt;
  return value_of(field, plain);
}

Bdd::Node Examples::usual() {
  auto out = Bdd::kAll;
  for (auto field : freedom_.free)
    if (auto value = usual_value(field)) out = space_.bdd().both(out, space_.like(field, *value));
  return out;
}

// Diagrams of what is plain are small, those of packets may be large: they are looked at only.
PacketSpace::OnePacket Examples::plainest_of(Bdd::Node packets) {
  auto plain = space_.everything();
  for (auto field : freedom_.free) {
    auto value = usual_value(field);
    if (!value) continue;
    auto plainer = space_.bdd().both(plain, space_.like(field, *value));
    if (space_.bdd().meet(packets, plainer)) plain = plainer;
  }
  // A diagram that is full may have lost it: whoever asks checks that at last.
  return space_.one_of(packets, plain).value_or(PacketSpace::OnePacket(space_.variables(), false));
}

Arrival Examples::of(const Arrival& like, const PacketSpace::OnePacket& packet) const {
  auto out = like;
  std::set<Point> addresses;
  std::set<Point> ports;
  for (auto field : freedom_.free) {
    auto& taken = is_port(field) ? ports : addresses;
    auto value = value_for(field, space_.class_of(packet, field), taken);
    if (is_port(field) || is_address(field)) taken.insert(value);
    put_value(field, value, out.packet);
  }
  return out;
}

// One that is no constant of the host's and no other field's value, so that it is seen where it comes from.
Point Examples::value_for(Field field, std::uint32_t of_class, const std::set<Point>& taken) const {
  const auto& classes = space_.classes(field);
  if (auto usual = usual_value(field); usual && classes.class_of(*usual) == of_class) return *usual;
  if (!is_address(field) && !is_port(field)) return classes.first_of(of_class);
  const auto& constants = is_address(field) ? freedom_.addresses : freedom_.ports;
  auto is_free = [&](Point value) { return !constants.contains(value) && !taken.contains(value); };
  // A network's first address is nobody's.
  constexpr std::uint64_t kSomeHost = 7;
  for (const auto& span : classes.values_of(of_class)) {
    auto some = span.first;
    some.low += kSomeHost;
    if (is_address(field) && span.first < some && some <= span.last && is_free(some)) return some;
  }
  for (const auto& span : classes.values_of(of_class))
    for (auto value = span.first;; value = after(value)) {
      if (is_free(value)) return value;
      if (value == span.last) break;
    }
  return classes.first_of(of_class);
}

}  // namespace pyfw
