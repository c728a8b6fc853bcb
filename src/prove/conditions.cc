#include "prove/conditions.h"

#include "base/contains.h"

namespace pyfw {

Spans values_of(const PacketSpace& space, Field field, const std::vector<std::uint32_t>& classes) {
  Spans out;
  for (auto number : classes)
    for (const auto& span : space.classes(field).values_of(number)) out.push_back(span);
  return joined(std::move(out));
}

Conditions conditions_of(PacketSpace& space, Bdd::Node packets, Bdd::Node asked,
                         std::span<const Field> fields) {
  auto& bdd = space.bdd();
  auto rest = bdd.both(packets, space.everything());
  auto product = space.everything();
  Conditions out;
  for (auto field : fields) {
    auto classes = space.classes_in(rest, field);
    product = bdd.both(product, space.classes_node(field, classes));
    if (classes.size() < space.classes_in(asked, field).size())
      out.only[field] = values_of(space, field, classes);
  }
  for (std::size_t i = 0; i < kFields; ++i) {
    auto field = static_cast<Field>(i);
    if (contains(fields, field)) continue;
    product = space.whatever(product, field);
    rest = space.whatever(rest, field);
  }
  out.is_part = product != rest;
  return out;
}

}  // namespace pyfw
