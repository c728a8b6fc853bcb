#include "prove/packet_space.h"

#include <algorithm>
#include <bit>
#include <numeric>
#include <ranges>
#include <utility>

namespace pyfw {
namespace {

constexpr std::uint64_t kAllBits = ~std::uint64_t{0};

Point last_of(Field field, Family family) {
  auto bits = [](unsigned count) { return Point{.low = (std::uint64_t{1} << count) - 1}; };
  switch (field) {
    case Field::kSource:
    case Field::kDestination: return family == Family::kIpv4 ? bits(32) : Point{kAllBits, kAllBits};
    case Field::kTcpOptions:
    case Field::kTtl:
    case Field::kTos: return bits(8);
    case Field::kDestinationPort:
    case Field::kSourcePort:
    case Field::kLength: break;
  }
  return bits(16);
}

}  // namespace

Point point_of(const Ip& ip) {
  Point point;
  std::size_t length = ip.family() == Family::kIpv4 ? 4 : 16;
  for (std::size_t i = 0; i < length; ++i) {
    point.high = point.high << 8U | point.low >> 56U;
    point.low = point.low << 8U | ip.bytes()[i];
  }
  return point;
}

Ip ip_of(Family family, Point point) {
  std::array<std::uint8_t, 16> bytes{};
  for (std::size_t i = family == Family::kIpv4 ? 4 : 16; i-- > 0;) {
    bytes[i] = static_cast<std::uint8_t>(point.low);
    point.low = point.low >> 8U | point.high << 56U;
    point.high >>= 8U;
  }
  return Ip::from_bytes(family, bytes.data());
}

PointSpan span_of(const Prefix& prefix) {
  unsigned width = prefix.ip.family() == Family::kIpv4 ? 32 : 128;
  auto host = width - prefix.length;
  auto ones = [](unsigned bits) { return bits >= 64 ? kAllBits : (std::uint64_t{1} << bits) - 1; };
  Point mask{.high = host > 64 ? ones(host - 64) : 0, .low = ones(host)};
  auto value = point_of(prefix.ip);
  return {.first = {value.high & ~mask.high, value.low & ~mask.low},
          .last = {value.high | mask.high, value.low | mask.low}};
}

PacketSpace::PacketSpace(Family family, std::size_t most_nodes) : family_(family), bdd_(most_nodes) {
  for (std::size_t i = 0; i < kFields; ++i) fields_.emplace_back(last_of(static_cast<Field>(i), family));
}

PacketSpace::Question PacketSpace::ask(Field field, std::vector<PointSpan> spans) {
  return {.field = field, .number = fields_[index_of(field)].classes.add(std::move(spans))};
}

void PacketSpace::settle() {
  for (auto& field : fields_) {
    field.classes.cut();
    field.first = variables_;
    field.bits = static_cast<unsigned>(std::bit_width(field.classes.count() - 1));
    variables_ += field.bits;
    field.nodes.resize(field.classes.questions());
    field.of_class.resize(field.classes.count());
  }
  settled_ = variables_;
  for (const auto& field : std::views::reverse(fields_)) {
    std::vector<std::uint32_t> all(field.classes.count());
    std::iota(all.begin(), all.end(), 0);
    everything_ = bdd_.both(everything_, bdd_.one_of(all, field.first, field.bits));
  }
}

Bdd::Node PacketSpace::node(const Question& question) {
  auto& field = fields_[index_of(question.field)];
  auto& known = field.nodes[question.number];
  if (!known) known = bdd_.one_of(field.classes.inside(question.number), field.first, field.bits);
  return *known;
}

Bdd::Node PacketSpace::classes_node(Field field, std::span<const std::uint32_t> some) {
  const auto& layout = fields_[index_of(field)];
  return bdd_.one_of(some, layout.first, layout.bits);
}

// All variables are behind its own.
Bdd::Node PacketSpace::by_destination(std::span<const Bdd::Node> rest) {
  const auto& layout = fields_[index_of(Field::kDestination)];
  return bdd_.by_number(rest, layout.first, layout.bits);
}

Bdd::Node PacketSpace::like(Field field, Point value) {
  auto of_class = classes(field).class_of(value);
  auto& known = fields_[index_of(field)].of_class[of_class];
  if (!known) known = classes_node(field, std::span(&of_class, 1));
  return *known;
}

Bdd::Node PacketSpace::whatever(Bdd::Node packets, Field field) {
  const auto& layout = fields_[index_of(field)];
  return bdd_.whatever(packets, layout.first, layout.first + layout.bits);
}

std::optional<PacketSpace::OnePacket> PacketSpace::one_of(Bdd::Node packets, Bdd::Node others) {
  return bdd_.first_of(packets, bdd_.both(others, everything_), variables_);
}

std::uint32_t PacketSpace::class_of(const OnePacket& packet, Field field) const {
  const auto& layout = fields_[index_of(field)];
  std::uint32_t out = 0;
  for (unsigned bit = 0; bit < layout.bits; ++bit)
    out = out << 1U | static_cast<std::uint32_t>(packet[layout.first + bit]);
  return out;
}

std::map<Bdd::Node, std::vector<std::uint32_t>> PacketSpace::split_by(Bdd::Node packets, Field field) {
  std::map<Bdd::Node, std::vector<std::uint32_t>> out;
  const auto& layout = fields_[index_of(field)];
  for (auto number : classes_in(packets, field)) {
    auto of_class = bdd_.both(packets, classes_node(field, std::span(&number, 1)));
    out[bdd_.whatever(of_class, layout.first, layout.first + layout.bits)].push_back(number);
  }
  return out;
}

std::vector<std::uint32_t> PacketSpace::classes_in(Bdd::Node packets, Field field) {
  const auto& layout = fields_[index_of(field)];
  auto only = bdd_.whatever(bdd_.both(packets, everything_), 0, layout.first);
  only = bdd_.whatever(only, layout.first + layout.bits, variables_);
  std::vector<std::uint32_t> out;
  auto add = [&](const auto& self, Bdd::Node node, unsigned depth, std::uint32_t number) -> void {
    if (node == Bdd::kNone || number >= layout.classes.count()) return;
    if (depth == layout.bits) return out.push_back(number);
    bool is_asked = node != Bdd::kAll && bdd_.variable_of(node) == layout.first + depth;
    self(self, is_asked ? bdd_.low(node) : node, depth + 1, number << 1U);
    self(self, is_asked ? bdd_.high(node) : node, depth + 1, number << 1U | 1U);
  };
  add(add, only, 0, 0);
  return out;
}

}  // namespace pyfw
