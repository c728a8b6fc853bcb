#include "tests/z3/region.h"

#include <algorithm>
#include <array>
#include <stdexcept>
#include <vector>

namespace z3check {
namespace {

using pyfw::Field;

constexpr std::array kFields = {Field::kSource, Field::kSourcePort, Field::kTtl, Field::kTos, Field::kLength};

const z3::expr& value_of(const Free& packet, Field field) {
  switch (field) {
    case Field::kSource: return packet.source;
    case Field::kSourcePort: return packet.source_port;
    case Field::kTtl: return packet.ttl;
    case Field::kTos: return packet.tos;
    default: return packet.length;
  }
}

// As few as can be.
std::vector<pyfw::PointSpan> joined(std::vector<pyfw::PointSpan> spans) {
  std::ranges::sort(spans);
  std::vector<pyfw::PointSpan> out;
  for (const auto& span : spans) {
    if (!out.empty() && pyfw::after(out.back().last) == span.first)
      out.back().last = span.last;
    else
      out.push_back(span);
  }
  return out;
}

}  // namespace

z3::expr Regions::is_in(const z3::expr& value, const pyfw::PointSpan& span) const {
  auto width = value.get_sort().bv_size();
  auto number = [&](const pyfw::Point& point) {
    auto low = numbers_.number(point.low, std::min(width, 64U));
    return width <= 64 ? low : z3::concat(numbers_.number(point.high, width - 64), low).simplify();
  };
  return is_between(value, number(span.first), number(span.last));
}

z3::expr Regions::from_field(pyfw::Bdd::Node packets, std::size_t first) {
  if (packets == pyfw::Bdd::kNone) return numbers_.is(false);
  if (packets == pyfw::Bdd::kAll) return numbers_.is(true);
  if (first == kFields.size()) throw std::logic_error("a region hangs on what no packet differs in");
  if (auto known = known_.find({first, packets}); known != known_.end()) return known->second;
  auto field = kFields.at(first);
  const auto& classes = space_.classes(field);
  auto out = numbers_.is(false);
  for (const auto& [rest, some] : space_.split_by(packets, field)) {
    std::vector<pyfw::PointSpan> spans;
    for (auto of_class : some)
      for (const auto& span : classes.values_of(of_class)) spans.push_back(span);
    auto is_one = numbers_.is(false);
    for (const auto& span : joined(std::move(spans)))
      is_one = either(is_one, is_in(value_of(packet_, field), span));
    out = either(out, both(is_one, from_field(rest, first + 1)));
  }
  known_.emplace(std::pair(first, packets), out);
  return out;
}

}  // namespace z3check
