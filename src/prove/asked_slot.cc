#include "prove/asked_slot.h"

#include <algorithm>

#include "base/overloaded.h"

namespace pyfw {
namespace {

// A mask whose spans are more is looked at in another way, or not at all.
constexpr std::size_t kMostSpans = 4096;

struct NumberRow {
  NumberField asked;
  Slot slot;
  std::uint32_t last;
};
constexpr std::array kNumbers = {
    NumberRow{NumberField::kSourcePort, Slot::kSourcePort, 0xffff},
    NumberRow{NumberField::kDestinationPort, Slot::kDestinationPort, 0xffff},
    NumberRow{NumberField::kOriginalSourcePort, Slot::kOriginalSourcePort, 0xffff},
    NumberRow{NumberField::kOriginalDestinationPort, Slot::kOriginalDestinationPort, 0xffff},
    NumberRow{NumberField::kReplySourcePort, Slot::kReplySourcePort, 0xffff},
    NumberRow{NumberField::kReplyDestinationPort, Slot::kReplyDestinationPort, 0xffff},
    NumberRow{NumberField::kTcpOptions, Slot::kTcpOptions, 0xff},
    NumberRow{NumberField::kTtl, Slot::kTtl, 0xff},
    NumberRow{NumberField::kTos, Slot::kTos, 0xff},
    NumberRow{NumberField::kLength, Slot::kLength, 0xffff},
};

AskedSlot ask(const AddressIn& asked) {
  AskedSlot out{.slot = slot_of(asked.field), .inverted = asked.inverted};
  if (asked.first <= asked.last) out.spans = {{.first = point_of(asked.first), .last = point_of(asked.last)}};
  return out;
}

// The bits of the mask below its leading ones cut the addresses: each of the bits between that the mask
// leaves out doubles the spans.
std::optional<AskedSlot> ask(const AddressMasked& asked) {
  AskedSlot out{.slot = slot_of(asked.field), .spans = {PointSpan{}}, .inverted = asked.inverted};
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

std::optional<AskedSlot> ask(const NumberIn& asked) {
  auto row = std::ranges::find(kNumbers, asked.field, &NumberRow::asked);
  if (row == kNumbers.end()) return std::nullopt;
  AskedSlot out{.slot = row->slot, .inverted = asked.inverted};
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

}  // namespace

std::optional<AskedSlot> asked_slot(const Condition& condition) {
  return std::visit(Overloaded{[](const AddressIn& asked) { return std::optional(ask(asked)); },
                               [](const AddressMasked& asked) { return ask(asked); },
                               [](const NumberIn& asked) { return ask(asked); },
                               [](const auto&) { return std::optional<AskedSlot>(); }},
                    condition.kind);
}

Slot slot_of(AddressField field) {
  switch (field) {
    case AddressField::kSource: return Slot::kSource;
    case AddressField::kDestination: return Slot::kDestination;
    case AddressField::kOriginalSource: return Slot::kOriginalSource;
    case AddressField::kOriginalDestination: return Slot::kOriginalDestination;
    case AddressField::kReplySource: return Slot::kReplySource;
    case AddressField::kReplyDestination: return Slot::kReplyDestination;
  }
  return Slot::kSource;
}

}  // namespace pyfw
