#include "prove/asked_field.h"

#include <algorithm>

#include "base/overloaded.h"

namespace pyfw {
namespace {

// A mask whose spans are more is looked at in another way, or not at all.
constexpr std::size_t kMostSpans = 4096;

struct NumberFieldRow {
  NumberField asked;
  Field field;
  std::uint32_t last;
};
constexpr std::array kNumberFields = {
    NumberFieldRow{NumberField::kProtocol, Field::kProtocol, 0xff},
    NumberFieldRow{NumberField::kFragment, Field::kFragment, 1},
    NumberFieldRow{NumberField::kSourcePort, Field::kSourcePort, 0xffff},
    NumberFieldRow{NumberField::kDestinationPort, Field::kDestinationPort, 0xffff},
    NumberFieldRow{NumberField::kTcpFlags, Field::kTcpFlags, 0xff},
    NumberFieldRow{NumberField::kTcpOptions, Field::kTcpOptions, 0xff},
    NumberFieldRow{NumberField::kIcmp, Field::kIcmp, 0xffff},
    NumberFieldRow{NumberField::kTtl, Field::kTtl, 0xff},
    NumberFieldRow{NumberField::kTos, Field::kTos, 0xff},
    NumberFieldRow{NumberField::kLength, Field::kLength, 0xffff},
};

std::optional<Field> field_of(AddressField asked) {
  if (asked == AddressField::kSource) return Field::kSource;
  if (asked == AddressField::kDestination) return Field::kDestination;
  return std::nullopt;
}

std::optional<AskedField> ask(const AddressIn& asked) {
  auto field = field_of(asked.field);
  if (!field) return std::nullopt;
  AskedField out{.field = *field, .inverted = asked.inverted, .if_absent = asked.if_absent};
  if (asked.first <= asked.last) out.spans = {{.first = point_of(asked.first), .last = point_of(asked.last)}};
  return out;
}

// The bits of the mask below its leading ones cut the addresses: each of the bits between that the mask
// leaves out doubles the spans.
std::optional<AskedField> ask(const AddressMasked& asked) {
  auto field = field_of(asked.field);
  if (!field) return std::nullopt;
  AskedField out{
      .field = *field, .spans = {PointSpan{}}, .inverted = asked.inverted, .if_absent = asked.if_absent};
  auto mask = point_of(asked.mask);
  auto value = point_of(asked.value);
  auto bit_of = [](const Point& point, unsigned bit) {
    return ((bit < 64 ? point.low >> bit : point.high >> (bit - 64)) & 1U) != 0;
  };
  auto set_bit = [](Point& point, unsigned bit) {
    (bit < 64 ? point.low : point.high) |= std::uint64_t{1} << bit % 64;
  };
  auto lowest = 0U;
  auto width = asked.mask.family() == Family::kIpv4 ? 32U : 128U;
  while (lowest < width && !bit_of(mask, lowest)) ++lowest;
  for (auto bit = width; bit-- > 0;) {
    if (bit < lowest) {
      for (auto& span : out.spans) set_bit(span.last, bit);
    } else if (!bit_of(mask, bit)) {
      if (out.spans.size() * 2 > kMostSpans) return std::nullopt;
      auto ones = out.spans;
      for (auto& span : ones) {
        set_bit(span.first, bit);
        set_bit(span.last, bit);
      }
      out.spans.insert(out.spans.end(), ones.begin(), ones.end());
    } else if (bit_of(value, bit)) {
      for (auto& span : out.spans) {
        set_bit(span.first, bit);
        set_bit(span.last, bit);
      }
    }
  }
  // No address is that under the mask.
  if ((value.high & ~mask.high) != 0 || (value.low & ~mask.low) != 0) out.spans.clear();
  return out;
}

std::optional<AskedField> ask(const NumberIn& asked) {
  auto row = std::ranges::find(kNumberFields, asked.field, &NumberFieldRow::asked);
  if (row == kNumberFields.end()) return std::nullopt;
  AskedField out{.field = row->field, .inverted = asked.inverted, .if_absent = asked.if_absent};
  auto ranges = asked.more;
  ranges.push_back(asked.range);
  if ((asked.mask & row->last) == row->last) {
    for (const auto& range : ranges)
      if (range.first <= range.last && range.first <= row->last)
        out.spans.push_back(span_of(range.first, std::min(range.last, row->last)));
    return out;
  }
  for (std::uint32_t value = 0; value <= row->last; ++value)
    if (std::ranges::any_of(ranges, [&](const auto& range) { return range.contains(value & asked.mask); }))
      out.spans.push_back(span_of(value, value));
  return out;
}

bool has_field(Field field, const Packet& packet) {
  switch (field) {
    case Field::kSourcePort:
    case Field::kDestinationPort: return !packet.is_fragment && has_ports(packet.protocol);
    case Field::kTcpFlags:
    case Field::kTcpOptions: return !packet.is_fragment && packet.protocol == kTcp;
    case Field::kIcmp: return !packet.is_fragment && (packet.protocol == kIcmp || packet.protocol == kIcmp6);
    default: return true;
  }
}

}  // namespace

std::optional<AskedField> asked_field(const Condition& condition) {
  return std::visit(Overloaded{[](const AddressIn& asked) { return ask(asked); },
                               [](const AddressMasked& asked) { return ask(asked); },
                               [](const NumberIn& asked) { return ask(asked); },
                               [](const auto&) { return std::optional<AskedField>(); }},
                    condition.kind);
}

std::optional<Point> value_of(Field field, const Packet& packet) {
  if (!has_field(field, packet)) return std::nullopt;
  switch (field) {
    case Field::kSource: return point_of(packet.source);
    case Field::kDestination: return point_of(packet.destination);
    case Field::kDestinationPort: return Point{.low = packet.destination_port};
    case Field::kProtocol: return Point{.low = packet.protocol};
    case Field::kSourcePort: return Point{.low = packet.source_port};
    case Field::kIcmp: return Point{.low = packet.icmp_type * 256U + packet.icmp_code};
    case Field::kFragment: return Point{.low = packet.is_fragment ? 1U : 0U};
    case Field::kTcpFlags: return Point{.low = packet.tcp_flags};
    case Field::kTcpOptions: return Point{.low = packet.tcp_option_kinds};
    case Field::kTtl: return Point{.low = packet.ttl};
    case Field::kTos: return Point{.low = packet.tos};
    case Field::kLength: return Point{.low = packet.length};
    default: return std::nullopt;
  }
}

}  // namespace pyfw
