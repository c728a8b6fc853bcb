// Two drops that each spare somebody else: together they spare nobody.

#include <fmt/format.h>

#include <algorithm>
#include <variant>

#include "lint/asking.h"
#include "lint/lints.h"
#include "prove/asked_set.h"
#include "prove/asked_slot.h"

namespace pyfw {
namespace {

// Its one condition that is inverted, and all others.
struct Sparing {
  const LintedRule* wish = nullptr;
  Condition spared{};
  std::vector<Condition> others{};
};

bool is_inverted(const Condition& condition) {
  if (const auto* address = std::get_if<AddressIn>(&condition.kind)) return address->inverted;
  if (const auto* name = std::get_if<InterfaceIs>(&condition.kind)) return name->inverted;
  if (const auto* set = std::get_if<InSet>(&condition.kind)) return set->inverted;
  const auto* number = std::get_if<NumberIn>(&condition.kind);
  return number != nullptr && number->inverted && number->field == NumberField::kDestinationPort;
}

std::optional<Sparing> sparing_of(const Linted& linted, const LintedRule& wish) {
  if (wish.rules.size() != 1) return {};
  const auto& compiled = linted.compiled(wish.rules.front());
  if (!drops_or_rejects(compiled) || !compiled.uncertain.empty()) return {};
  Sparing out{.wish = &wish};
  std::size_t inverted = 0;
  for (const auto& condition : compiled.conditions) {
    if (!is_inverted(condition)) {
      out.others.push_back(condition);
      continue;
    }
    out.spared = condition;
    ++inverted;
  }
  return inverted == 1 ? std::optional(std::move(out)) : std::nullopt;
}

bool are_apart(const Spans& a, const Spans& b) { return !a.empty() && !b.empty() && both(a, b).empty(); }

Spans spans_of(const NumberIn& number) {
  Spans out{{{.low = number.range.first}, {.low = number.range.last}}};
  for (const auto& range : number.more) out.push_back({{.low = range.first}, {.low = range.last}});
  return out;
}

bool do_not_overlap(const InterfaceIs& a, const InterfaceIs& b) {
  if (a.field != b.field) return false;
  auto covers = [](const InterfaceIs& one, const InterfaceIs& other) {
    return one.is_prefix ? other.name.starts_with(one.name) : !other.is_prefix && one.name == other.name;
  };
  return !covers(a, b) && !covers(b, a);
}

// Whether nothing that one spares is spared by the other.
bool spare_apart(const Condition& a, const Condition& b, const Sets& sets) {
  if (const auto *one = std::get_if<InterfaceIs>(&a.kind), *other = std::get_if<InterfaceIs>(&b.kind);
      one != nullptr && other != nullptr)
    return do_not_overlap(*one, *other);
  if (const auto *one = std::get_if<NumberIn>(&a.kind), *other = std::get_if<NumberIn>(&b.kind);
      one != nullptr && other != nullptr)
    return are_apart(spans_of(*one), spans_of(*other));
  auto spared_source = [&](const Condition& condition) -> std::optional<std::pair<bool, Spans>> {
    if (const auto* set = std::get_if<InSet>(&condition.kind)) {
      const auto* there = find_set(sets, set->name);
      auto members = there != nullptr && set->dimensions == 1 ? addresses_in(*there) : std::nullopt;
      if (members) return std::pair((set->sources & 1U) != 0, std::move(*members));
    }
    const auto* address = std::get_if<AddressIn>(&condition.kind);
    auto slot = address == nullptr ? std::nullopt : asked_slot(condition);
    bool is_end = slot && (slot->slot == Slot::kSource || slot->slot == Slot::kDestination);
    if (is_end) return std::pair(slot->slot == Slot::kSource, std::move(slot->spans));
    return {};
  };
  auto one = spared_source(a);
  auto other = spared_source(b);
  return one && other && one->first == other->first && are_apart(one->second, other->second);
}

}  // namespace

void find_negations_that_exclude_all(Linted& linted, Report& report) {
  constexpr std::size_t kMostBetween = 64;  // rules of that kind that are looked at together
  std::map<ChainIndex, std::vector<Sparing>> of_chain;
  for (const auto& wish : linted.rules()) {
    auto sparing = sparing_of(linted, wish);
    if (!sparing) continue;
    auto& before = of_chain[wish.rules.front().chain];
    auto first = before.size() > kMostBetween ? before.end() - kMostBetween : before.begin();
    auto found = std::find_if(first, before.end(), [&](const Sparing& other) {
      return other.others == sparing->others &&
             spare_apart(other.spared, sparing->spared, linted.input().desired.state.sets);
    });
    if (found != before.end())
      report.add(
          wish.place_of({"!"}),
          fmt::format("'{}' drops what '{}' spares", wish.called(), found->wish->called()),
          {.why = "each of the two drops all but its own, so that together they let nobody through",
           .instead = "accept, or return, the one and the other, and then drop the rest; or put both into "
                      "a set and drop `! --match-set`"});
    before.push_back(std::move(*sparing));
  }
}

}  // namespace pyfw
