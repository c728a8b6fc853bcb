#include "shadow/asks.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <functional>
#include <utility>

#include "base/contains.h"
#include "base/overloaded.h"
#include "ext/set_element.h"
#include "prove/asked_set.h"
#include "prove/asked_slot.h"

namespace pyfw {
namespace {

// Conditions speak of packets as plain as the tracer's; of others, with extension headers for instance, these
// matches may say something else.
constexpr std::array<std::string_view, 7> kOfHeaders = {"ah",         "dst", "frag", "hbh",
                                                        "ipv6header", "rt",  "srh"};

bool asks_for_headers(std::string_view text) {
  if (text.starts_with("! ")) text.remove_prefix(2);
  if (!text.starts_with("-m ")) return false;
  text.remove_prefix(3);
  return contains(kOfHeaders, text.substr(0, text.find(' ')));
}

// Of `-m policy` nothing is left in the conditions where plain packets pass.
bool asks_for_policy(std::string_view text) { return text.find("-m policy ") != std::string_view::npos; }

const UncertainMatch* uncertain_at(const CompiledRule& rule, std::size_t condition) {
  auto found = std::ranges::find_if(rule.uncertain, [&](const UncertainMatch& match) {
    return match.first <= condition && condition < match.end;
  });
  return found == rule.uncertain.end() ? nullptr : &*found;
}

constexpr MayMust kChance{.may = Bdd::kAll, .must = Bdd::kNone};
constexpr MayMust surely(Bdd::Node node) { return {.may = node, .must = node}; }

std::set<std::string> sets_that_rules_change(const CompiledHost& host) {
  std::set<std::string> out;
  for (const auto& chain : host.chains)
    for (const auto& rule : chain.rules)
      if (rule.text.find("-j SET ") != std::string::npos)
        for (auto& name : sets_named_by(rule)) out.insert(std::move(name));
  return out;
}

// Its members are what they are only for now.
bool forgets(const Set& set) { return options_of(set.header).contains("timeout"); }

// Of ascending numbers.
std::vector<NumberRange> runs_of(std::span<const std::uint32_t> numbers) {
  std::vector<NumberRange> out;
  for (auto number : numbers) {
    if (out.empty() || out.back().last + 1 != number) out.push_back({.first = number, .last = number});
    out.back().last = number;
  }
  return out;
}

Extent extent_of_states(const NumberIn& asked) {
  constexpr std::uint32_t kTranslated = 0U + kStateSnat + kStateDnat;
  Extent out{.look = Look::kCtState};
  for (std::uint32_t i = 0; i < kStates.size(); ++i) {
    bool is_named = (asked.mask & kStates[i]) != 0 || (!asked.inverted && (asked.mask & kTranslated) != 0);
    if (is_named != asked.inverted) out.ranges.push_back({.first = i, .last = i});
  }
  return out;
}

std::optional<Extent> extent_of(const NumberIn& asked) {
  bool is_any_of = asked.range == NumberRange{.first = 1, .last = ~0U} && asked.more.empty();
  // Every packet has a state.
  if (asked.field == NumberField::kCtState && is_any_of) return extent_of_states(asked);
  if (asked.inverted || asked.if_absent || asked.mask != ~0U) return {};
  Extent out{.ranges = asked.more};
  out.ranges.push_back(asked.range);
  switch (asked.field) {
    case NumberField::kProtocol: out.look = Look::kProtocol; return out;
    case NumberField::kSourcePort: out.look = Look::kSourcePort; return out;
    case NumberField::kDestinationPort: out.look = Look::kDestinationPort; return out;
    default: return {};
  }
}

Look side_of(const InSet& asked) { return (asked.sources & 1U) != 0 ? Look::kSource : Look::kDestination; }

}  // namespace

Asks::Asks(Looks& looks, const CompiledHost& host, std::span<const Set> sets)
    : looks_(looks), host_(host), sets_(sets), changing_(sets_that_rules_change(host)) {}

void Asks::learn(const RuleRef& rule) {
  for (const auto& condition : host_.rules[rule.chain][rule.rule].compiled.conditions) learn(condition);
}

void Asks::learn(const Condition& condition) {
  std::visit(Overloaded{[&](const InterfaceIs& asked) { looks_.ask(asked); },
                        [&](const InSet& asked) { learn_set(asked.name, asked); },
                        [&](const AnyOf& any) {
                          for (const auto& part : any.conditions) learn(part);
                        },
                        [&](const AddressIn& asked) {
                          if (auto slot = asked_slot(condition))
                            addresses_[&condition] = looks_.ask(look_of(asked.field), std::move(slot->spans));
                        },
                        [&](const AddressMasked& asked) {
                          if (auto slot = asked_slot(condition))
                            addresses_[&condition] = looks_.ask(look_of(asked.field), std::move(slot->spans));
                        },
                        [](const auto&) {}},
             condition.kind);
}

void Asks::learn_address(const Condition& condition, AddressField field) {
  if (auto slot = asked_slot(condition))
    addresses_[&condition] = looks_.ask(look_of(field), std::move(slot->spans));
}

void Asks::learn_set(std::string_view name, const InSet& asked) {
  auto [known, is_new] = members_.try_emplace({std::string(name), asked.return_nomatch, side_of(asked)});
  if (!is_new) return;
  const auto* set = find_set(sets_, name);
  if (set == nullptr || forgets(*set)) return;
  if (layout_of(*set).is_list) {
    for (auto listed : sets_held_by(*set)) {
      const auto* held = find_set(sets_, listed);
      if (held != nullptr && !layout_of(*held).is_list) learn_set(listed, asked);
    }
    return;
  }
  if (auto spans = addresses_in(*set, asked.return_nomatch);
      spans && layout_of(*set).family == looks_.family())
    known->second = looks_.ask(side_of(asked), *std::move(spans));
}

MayMust Asks::match(const RuleRef& ref) {
  const auto& rule = host_.rules[ref.chain][ref.rule].compiled;
  auto& bdd = looks_.bdd();
  std::vector<MayMust> parts;
  for (std::size_t i = 0; i < rule.conditions.size(); ++i) {
    const auto* match = uncertain_at(rule, i);
    const auto* number = std::get_if<NumberIn>(&rule.conditions[i].kind);
    if (match != nullptr && asks_for_headers(match->text)) {
      parts.push_back(kChance);
    } else if (number != nullptr && !number->if_absent) {
      parts.push_back(surely(looks_.is_number(*number)));
      parts.push_back(surely(looks_.has_number(number->field)));
    } else {
      parts.push_back(of(rule.conditions[i], {.rule = rule, .condition = i}));
    }
  }
  // What is looked at last is put together first, so that little of it has to be made again; but before that
  // what begins with the same, which many rules ask for: a protocol that has ports.
  auto first_look = [&](const MayMust& one) { return bdd.variable_of(one.may); };
  auto all_of = [&](const MayMust& one, const MayMust& other) {
    return MayMust{.may = bdd.both(one.may, other.may), .must = bdd.both(one.must, other.must)};
  };
  std::ranges::stable_sort(parts, std::greater(), first_look);
  MayMust out;
  for (std::size_t i = 0; i < parts.size();) {
    auto these = parts[i];
    auto look = first_look(these);
    for (++i; i < parts.size() && first_look(parts[i]) == look; ++i) these = all_of(these, parts[i]);
    out = all_of(out, these);
  }
  if (asks_for_policy(host_.chains[ref.chain].rules[ref.rule].text)) out.must = Bdd::kNone;
  return out;
}

std::vector<Extent> Asks::extents(const RuleRef& ref) const {
  const auto& rule = host_.rules[ref.chain][ref.rule].compiled;
  std::vector<Extent> out;
  for (std::size_t i = 0; i < rule.conditions.size(); ++i) {
    const auto* match = uncertain_at(rule, i);
    if (match != nullptr && asks_for_headers(match->text)) continue;
    if (auto one = extent(rule.conditions[i])) out.push_back(std::move(*one));
  }
  return out;
}

std::optional<Extent> Asks::extent(const Condition& condition) const {
  if (const auto* number = std::get_if<NumberIn>(&condition.kind)) return extent_of(*number);
  if (const auto* set = std::get_if<InSet>(&condition.kind)) return extent_of_set(*set);
  if (const auto* address = std::get_if<AddressIn>(&condition.kind)) {
    auto found = addresses_.find(&condition);
    if (address->inverted || address->if_absent || found == addresses_.end()) return {};
    return Extent{.look = look_of(address->field), .ranges = runs_of(looks_.numbers(found->second))};
  }
  const auto* name = std::get_if<InterfaceIs>(&condition.kind);
  bool is_way =
      name != nullptr && (name->field == InterfaceField::kIn || name->field == InterfaceField::kOut);
  if (!is_way || name->inverted) return {};
  return Extent{.look = look_of(name->field), .ranges = runs_of(looks_.numbers(*name))};
}

// Of a set of one dimension, whose members are known and few.
std::optional<Extent> Asks::extent_of_set(const InSet& asked) const {
  constexpr std::size_t kMostRanges = 64;
  auto known = members_.find({asked.name, asked.return_nomatch, side_of(asked)});
  if (asked.inverted || is_changing(asked.name) || known == members_.end() || !known->second) return {};
  Extent out{.look = side_of(asked), .ranges = runs_of(looks_.numbers(*known->second))};
  return out.ranges.size() > kMostRanges ? std::nullopt : std::optional(std::move(out));
}

MayMust Asks::of(const Condition& condition, const Spot& spot) {
  return std::visit(
      Overloaded{
          [&](const NumberIn& number) { return surely(looks_.number_in(number)); },
          [&](const AddressIn& address) {
            return surely(asked(condition, address.inverted, address.if_absent, address.field));
          },
          [&](const AddressMasked& address) {
            return surely(asked(condition, address.inverted, address.if_absent, address.field));
          },
          [&](const InterfaceIs& name) {
            bool is_physical =
                name.field == InterfaceField::kPhysicalIn || name.field == InterfaceField::kPhysicalOut;
            return surely(is_physical ? physical(name) : looks_.fits(name));
          },
          [&](const SourceMacIs& mac) {
            auto is = looks_.mac_is(mac.mac);
            if (mac.inverted) is = looks_.bdd().opposite(is);
            return surely(looks_.bdd().both(is, looks_.holds(Look::kHasMac)));
          },
          [&](const InSet& set) { return in_set(set); },
          [&](const AddressTypeIs& type) {
            auto is = question(fmt::format("type {} {} {}", static_cast<int>(type.field),
                                           static_cast<int>(type.limit), type.types));
            return surely(type.inverted ? looks_.bdd().opposite(is) : is);
          },
          [&](const PassesRpfilter& way) {
            auto is = question(fmt::format("rpfilter {} {} {}", way.loose, way.valid_mark, way.accept_local));
            return surely(way.inverted ? looks_.bdd().opposite(is) : is);
          },
          [&](const AnyOf& any) { return any_of(any, spot); },
          // Of our plain packets none; but others there are.
          [&](const Never&) { return kChance; },
          [&](const Unknowable& unknowable) {
            const auto* match = uncertain_at(spot.rule, spot.condition);
            if (unknowable.is_per_rule || match == nullptr) return kChance;
            return surely(question(
                fmt::format("match {} {} {}", match->text, spot.condition - match->first, spot.inside)));
          }},
      condition.kind);
}

MayMust Asks::any_of(const AnyOf& any, const Spot& spot) {
  auto& bdd = looks_.bdd();
  MayMust out{.may = Bdd::kNone, .must = Bdd::kNone};
  for (std::size_t i = 0; i < any.conditions.size(); ++i) {
    auto there = spot;
    there.inside += fmt::format(".{}", i);
    auto one = of(any.conditions[i], there);
    out = {.may = bdd.either(out.may, one.may), .must = bdd.either(out.must, one.must)};
  }
  if (any.inverted) return {.may = bdd.opposite(out.must), .must = bdd.opposite(out.may)};
  return out;
}

Bdd::Node Asks::asked(const Condition& condition, bool inverted, bool if_absent, AddressField field) {
  auto& bdd = looks_.bdd();
  auto found = addresses_.find(&condition);
  // A mask with many holes: each rule that asks so asks for the same by its text only.
  auto inside = Bdd::kNone;
  if (found != addresses_.end()) {
    inside = looks_.node(found->second);
  } else if (const auto* masked = std::get_if<AddressMasked>(&condition.kind)) {
    inside = question(fmt::format("mask {} {} {}", static_cast<int>(field), masked->value.to_string(),
                                  masked->mask.to_string()));
  }
  if (inverted) inside = bdd.opposite(inside);
  if (field == AddressField::kSource || field == AddressField::kDestination) return inside;
  auto is_there = looks_.holds(Look::kHasConnection);
  return if_absent ? bdd.either(inside, bdd.opposite(is_there)) : bdd.both(inside, is_there);
}

// As evaluate.cc has it: xt_physdev asks first whether the packet came by a bridge at all.
Bdd::Node Asks::physical(const InterfaceIs& asked) {
  auto& bdd = looks_.bdd();
  auto came = looks_.is_somewhere(Look::kPhysicalIn);
  auto fits = looks_.fits(asked);
  if (asked.field == InterfaceField::kPhysicalOut) {
    auto leaves = looks_.is_somewhere(Look::kPhysicalOut);
    auto key = fmt::format("physical out {} {} {}", asked.name, asked.is_prefix, asked.inverted);
    auto by_bridge = bdd.both(looks_.holds(Look::kIsBridged), question(key));
    fits = bdd.either(bdd.both(leaves, fits), bdd.without(by_bridge, leaves));
  }
  return asked.inverted ? bdd.either(fits, bdd.opposite(came)) : bdd.both(fits, came);
}

MayMust Asks::in_set(const InSet& asked) {
  auto out = in_set(asked.name, asked);
  auto& bdd = looks_.bdd();
  if (asked.inverted) return {.may = bdd.opposite(out.must), .must = bdd.opposite(out.may)};
  return out;
}

MayMust Asks::in_set(std::string_view name, const InSet& asked) {
  auto key = fmt::format("set {} {} {} {}", name, asked.return_nomatch, asked.dimensions, asked.sources);
  auto known = sets_asked_.find(key);
  if (known == sets_asked_.end()) known = sets_asked_.emplace(key, of_set(name, asked, key)).first;
  return known->second;
}

// As SetIndex has it (ext/set_index.h), `inverted` aside.
MayMust Asks::of_set(std::string_view name, const InSet& asked, const std::string& key) {
  const auto* set = find_set(sets_, name);
  if (set == nullptr) return surely(question(key));
  auto layout = layout_of(*set);
  if (layout.is_known && layout.family && *layout.family != looks_.family()) return surely(Bdd::kNone);
  if (layout.is_known && asked.dimensions < layout.dimensions()) return surely(Bdd::kNone);
  if (is_changing(set->name)) return kChance;
  if (forgets(*set)) return surely(question(key));
  if (layout.is_list) {
    MayMust out{.may = Bdd::kNone, .must = Bdd::kNone};
    auto& bdd = looks_.bdd();
    for (auto listed : sets_held_by(*set)) {
      const auto* held = find_set(sets_, listed);
      auto one = held != nullptr && layout_of(*held).is_list ? surely(question(key)) : in_set(listed, asked);
      out = {.may = bdd.either(out.may, one.may), .must = bdd.either(out.must, one.must)};
    }
    return out;
  }
  if (layout.is_known && set->members.empty()) return surely(Bdd::kNone);
  auto found = members_.find({set->name, asked.return_nomatch, side_of(asked)});
  return surely(found != members_.end() && found->second ? looks_.node(*found->second) : question(key));
}

Bdd::Node Asks::question(const std::string& key) {
  auto [known, is_new] = questions_.try_emplace(key, Bdd::kNone);
  if (is_new) known->second = looks_.free_variable();
  return known->second;
}

}  // namespace pyfw
