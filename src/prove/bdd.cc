#include "prove/bdd.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <limits>
#include <set>
#include <unordered_set>

namespace pyfw {
namespace {

constexpr std::uint32_t kLeaf = std::numeric_limits<std::uint32_t>::max();
constexpr std::size_t kFirstSlots = std::size_t{1} << 12U;
constexpr std::size_t kFirstKnown = std::size_t{1} << 12U;

// As Thomas Wang mixes 64 bits, for three numbers.
std::size_t hash_of(std::uint32_t a, std::uint32_t b, std::uint32_t c) {
  std::uint64_t hash = (std::uint64_t{a} << 32U | b) * 0x9e3779b97f4a7c15U;
  hash = (hash ^ hash >> 29U ^ c) * 0xbf58476d1ce4e5b9U;
  return hash ^ hash >> 32U;
}

}  // namespace

Bdd::Bdd(std::size_t most_nodes)
    : nodes_{{.variable = kLeaf}, {.variable = kLeaf}},
      slots_(kFirstSlots, kNone),
      known_(kFirstKnown),
      most_nodes_(most_nodes) {}

Result<void> Bdd::check() const {
  if (!is_full_) return {};
  return fail(fmt::format("the rules tell apart more packets than fit in {} nodes", most_nodes_),
              "ask about less at once: one endpoint, one interface");
}

Bdd::Node Bdd::make(std::uint32_t variable, Node low, Node high) {
  if (low == high) return low;
  auto slot = hash_of(variable, low, high) & (slots_.size() - 1);
  for (auto node = slots_[slot]; node != kNone; node = nodes_[node].next) {
    const auto& there = nodes_[node];
    if (there.variable == variable && there.low == low && there.high == high) return node;
  }
  if (nodes_.size() >= most_nodes_) {
    is_full_ = true;
    return kNone;
  }
  auto node = static_cast<Node>(nodes_.size());
  nodes_.push_back({.variable = variable, .low = low, .high = high, .next = slots_[slot]});
  slots_[slot] = node;
  if (nodes_.size() > slots_.size()) spread(slots_.size() * 2);
  return node;
}

void Bdd::expect(std::size_t nodes) {
  nodes = std::min(nodes, most_nodes_);
  nodes_.reserve(nodes);
  if (nodes > slots_.size()) spread(std::bit_ceil(nodes));
}

// Over so many slots, a power of two.
void Bdd::spread(std::size_t slots) {
  slots_.assign(slots, kNone);
  for (Node node = kAll + 1; node < nodes_.size(); ++node) {
    auto& entry = nodes_[node];
    auto slot = hash_of(entry.variable, entry.low, entry.high) & (slots_.size() - 1);
    entry.next = slots_[slot];
    slots_[slot] = node;
  }
  known_.assign(std::max(kFirstKnown, slots_.size() / 4), {});
}

template <typename Compute>
Bdd::Node Bdd::remembered(Operation operation, Node a, Node b, std::uint32_t more, const Compute& compute) {
  auto hash = hash_of(a, b, more ^ static_cast<std::uint32_t>(operation) << 28U);
  const auto& known = known_[hash & (known_.size() - 1)];
  if (known.a == a && known.b == b && known.operation == operation && known.more == more) return known.result;
  auto result = compute();
  known_[hash & (known_.size() - 1)] = {
      .operation = operation, .a = a, .b = b, .more = more, .result = result};
  return result;
}

Bdd::Node Bdd::part(Node a, std::uint32_t variable, bool holds) const {
  if (level(a) != variable) return a;
  return holds ? nodes_[a].high : nodes_[a].low;
}

template <typename Operate>
Bdd::Node Bdd::split(Node a, Node b, const Operate& operate) {
  auto top = std::min(level(a), level(b));
  auto low = operate(part(a, top, false), part(b, top, false));
  auto high = operate(part(a, top, true), part(b, top, true));
  return make(top, low, high);
}

Bdd::Node Bdd::both(Node a, Node b) {
  if (a == b || b == kAll) return a;
  if (a == kAll) return b;
  if (a == kNone || b == kNone) return kNone;
  if (a > b) std::swap(a, b);
  return remembered(Operation::kBoth, a, b, 0,
                    [&] { return split(a, b, [this](Node x, Node y) { return both(x, y); }); });
}

Bdd::Node Bdd::either(Node a, Node b) {
  if (a == b || b == kNone) return a;
  if (a == kNone) return b;
  if (a == kAll || b == kAll) return kAll;
  if (a > b) std::swap(a, b);
  return remembered(Operation::kEither, a, b, 0,
                    [&] { return split(a, b, [this](Node x, Node y) { return either(x, y); }); });
}

Bdd::Node Bdd::without(Node a, Node b) {
  if (b == kNone) return a;
  if (a == kNone || a == b || b == kAll) return kNone;
  return remembered(Operation::kWithout, a, b, 0,
                    [&] { return split(a, b, [this](Node x, Node y) { return without(x, y); }); });
}

bool Bdd::meet(Node a, Node b) {
  if (a == kNone || b == kNone) return false;
  if (a == b || a == kAll || b == kAll) return true;
  if (a > b) std::swap(a, b);
  auto found = remembered(Operation::kMeet, a, b, 0, [&] {
    auto top = std::min(level(a), level(b));
    bool is_any =
        meet(part(a, top, false), part(b, top, false)) || meet(part(a, top, true), part(b, top, true));
    return is_any ? kAll : kNone;
  });
  return found == kAll;
}

bool Bdd::meet_outside(Node a, Node b, Node of) {
  if (of == kNone) return meet(a, b);
  if (a == kNone || b == kNone || of == kAll || a == of || b == of) return false;
  if (a == kAll && b == kAll) return true;
  if (a > b) std::swap(a, b);
  auto found = remembered(Operation::kMeetOutside, a, b, of, [&] {
    auto top = std::min({level(a), level(b), level(of)});
    auto is_any = [&](bool holds) {
      return meet_outside(part(a, top, holds), part(b, top, holds), part(of, top, holds));
    };
    return is_any(false) || is_any(true) ? kAll : kNone;
  });
  return found == kAll;
}

Bdd::Node Bdd::whatever(Node a, std::uint32_t first, std::uint32_t end) {
  if (level(a) >= end) return a;
  return remembered(Operation::kWhatever, a, first, end, [&] {
    auto variable = level(a);
    auto low = whatever(nodes_[a].low, first, end);
    auto high = whatever(nodes_[a].high, first, end);
    return variable < first ? make(variable, low, high) : either(low, high);
  });
}

Bdd::Node Bdd::one_of(std::span<const std::uint32_t> numbers, std::uint32_t first, unsigned bits) {
  if (numbers.empty()) return kNone;
  if (numbers.size() == std::size_t{1} << bits) return kAll;
  auto bit = std::uint32_t{1} << (bits - 1);
  auto middle = std::ranges::partition_point(numbers, [bit](std::uint32_t n) { return (n & bit) == 0; });
  auto below = static_cast<std::size_t>(middle - numbers.begin());
  auto low = one_of(numbers.first(below), first + 1, bits - 1);
  auto high = one_of(numbers.subspan(below), first + 1, bits - 1);
  return make(first, low, high);
}

Bdd::Node Bdd::one_value(std::uint64_t value, std::uint32_t first, unsigned bits, unsigned stride) {
  auto out = kAll;
  for (unsigned bit = 0; bit < bits; ++bit) {
    auto variable = first + (bits - 1 - bit) * stride;
    bool is_set = (value >> bit & 1U) != 0;
    out = is_set ? make(variable, kNone, out) : make(variable, out, kNone);
  }
  return out;
}

Bdd::Node Bdd::by_number(std::span<const Node> rest, std::uint32_t first, unsigned bits) {
  if (rest.empty()) return kNone;
  if (bits == 0) return rest.front();
  auto below = std::min(std::size_t{1} << (bits - 1), rest.size());
  auto low = by_number(rest.first(below), first + 1, bits - 1);
  auto high = by_number(rest.subspan(below), first + 1, bits - 1);
  return make(first, low, high);
}

bool Bdd::contains(Node a, const std::vector<bool>& value) const {
  while (a > kAll) {
    auto variable = nodes_[a].variable;
    bool holds = variable < value.size() && value[variable];
    a = holds ? nodes_[a].high : nodes_[a].low;
  }
  return a == kAll;
}

std::vector<std::uint32_t> Bdd::variables_of(Node a, std::uint32_t first) const {
  std::set<std::uint32_t> found;
  std::unordered_set<Node> seen;
  std::vector<Node> left = {a};
  while (!left.empty()) {
    auto node = left.back();
    left.pop_back();
    if (node <= kAll || !seen.insert(node).second) continue;
    if (nodes_[node].variable >= first) found.insert(nodes_[node].variable);
    left.push_back(nodes_[node].low);
    left.push_back(nodes_[node].high);
  }
  return {found.begin(), found.end()};
}

std::optional<std::vector<bool>> Bdd::first_of(Node a, Node b, std::uint32_t count) {
  if (!meet(a, b)) return std::nullopt;
  std::vector<bool> values(count, false);
  while (a != kAll || b != kAll) {
    auto top = std::min(level(a), level(b));
    bool is_high = !meet(part(a, top, false), part(b, top, false));
    values[top] = is_high;
    a = part(a, top, is_high);
    b = part(b, top, is_high);
  }
  return values;
}

}  // namespace pyfw
