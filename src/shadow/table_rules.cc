#include "shadow/table_rules.h"

#include <algorithm>
#include <variant>

#include "shadow/hook_packets.h"

namespace pyfw {

using Way = Aftermath::Way;

namespace {

// As Extent has it. A packet has one state.
std::uint32_t number_of_state(std::uint32_t value) {
  auto found = std::ranges::find_if(kStates, [&](auto state) { return (value & state) != 0; });
  return static_cast<std::uint32_t>(found - kStates.begin());
}

}  // namespace

TableRules::TableRules(Looks& looks, Asks& asks, const CompiledHost& host, std::span<const ChainIndex> chains)
    : looks_(looks),
      asks_(asks),
      host_(host),
      of_table_(chains.begin(), chains.end()),
      chains_(host.chains.size()) {
  for (auto chain : of_table_) look_at(chain);
  for (auto chain : of_table_) find_callers(chain);
}

void TableRules::look_at(ChainIndex chain) {
  auto& here = chains_[chain];
  const auto& rules = host_.rules[chain];
  here.ways.reserve(rules.size());
  for (std::uint32_t i = 0; i < rules.size(); ++i) {
    RuleRef rule{.chain = chain, .rule = i};
    auto change = change_by(rules[i].compiled, host_.chains[chain].rules[i].text);
    here.ways.push_back(change.way);
    if (!change.looks.empty() || change.way == Way::kUnknown) has_changes_ = true;
    if (change.way == Way::kReturns || (change.way == Way::kJumps && is_goto(rule)))
      here.returning.push_back(i);
  }
}

bool TableRules::is_goto(const RuleRef& rule) const {
  return std::get<JumpTo>(host_.rules[rule.chain][rule.rule].compiled.target).is_goto;
}

// In the order in which packets come to them, into each chain as soon as there is a jump to it.
void TableRules::find_callers(ChainIndex chain) {
  auto& visit = chains_[chain].visit;
  if (visit == Visit::kUnderWay) has_circles_ = true;
  if (visit != Visit::kNew) return;
  visit = Visit::kUnderWay;
  for (std::uint32_t i = 0; i < count(chain); ++i) {
    auto called = to({.chain = chain, .rule = i});
    if (called == kNoChain) continue;
    chains_[called].callers.push_back({.chain = chain, .rule = i});
    find_callers(called);
  }
  visit = Visit::kDone;
}

void TableRules::learn() {
  for (auto chain : of_table_)
    for (std::uint32_t i = 0; i < count(chain); ++i) asks_.learn({.chain = chain, .rule = i});
}

void TableRules::settle() {
  for (auto chain : of_table_) {
    auto& here = chains_[chain];
    here.matches.resize(here.ways.size());
    here.plain.resize(here.ways.size());
    auto builtin = builtin_of(chain);
    for (std::uint32_t i = 0; i < here.ways.size(); ++i) {
      RuleRef rule{.chain = chain, .rule = i};
      auto extents = asks_.extents(rule);
      if (builtin)
        here.plain[i] = plain_numbers_of(host_.rules[chain][i].compiled, extents, host_.chains[*builtin]);
      // Of what lets all packets go on nobody asks: it gets none.
      if (here.ways[i] == Way::kOn) extents = {Extent{}};
      here.overlaps.add(extents);
    }
    here.overlaps.settle();
  }
}

std::optional<ChainIndex> TableRules::builtin_of(ChainIndex chain) const {
  if (host_.chains[chain].is_builtin) return chain;
  const auto& callers = chains_[chain].callers;
  return callers.empty() ? std::nullopt : builtin_of(callers.front().chain);
}

std::optional<std::vector<bool>> TableRules::plain_packet(const RuleRef& rule) const {
  const auto& plain = chains_[rule.chain].plain[rule.rule];
  if (!plain) return {};
  std::vector<bool> out(looks_.variable_count());
  for (std::size_t i = 0; i < Overlaps::kSides.size(); ++i) {
    auto look = Overlaps::kSides[i];
    looks_.set(out, look, look == Look::kCtState ? kStates[(*plain)[i]] : (*plain)[i]);
  }
  return out;
}

Bdd::Node TableRules::begin(ChainIndex builtin) {
  auto& known = chains_[builtin].begin;
  if (!known) known = packets_of_hook(host_.chains[builtin], looks_);
  return *known;
}

const MayMust& TableRules::match(const RuleRef& rule) {
  auto& known = chains_[rule.chain].matches[rule.rule];
  if (!known) known = asks_.match(rule);
  return *known;
}

std::vector<std::uint32_t> TableRules::before(ChainIndex chain, std::size_t end,
                                              const std::vector<bool>& packet) {
  Overlaps::Packets one{};
  std::ranges::transform(Overlaps::kSides, one.begin(), [&](Look look) {
    auto value = static_cast<std::uint32_t>(looks_.value_of(packet, look));
    if (look == Look::kCtState) value = number_of_state(value);
    return NumberRange{.first = value, .last = value};
  });
  return chains_[chain].overlaps.before(end, one);
}

std::vector<std::uint32_t> TableRules::before(ChainIndex chain, std::size_t end, Bdd::Node packets) {
  if (end == 0 || packets == Bdd::kNone) return {};
  Overlaps::Packets all{};
  std::ranges::transform(Overlaps::kSides, all.begin(), [&](Look look) {
    return look == Look::kCtState ? NumberRange{.first = 0, .last = kStates.size() - 1}
                                  : looks_.numbers_of(packets, look);
  });
  return chains_[chain].overlaps.before(end, all);
}

}  // namespace pyfw
