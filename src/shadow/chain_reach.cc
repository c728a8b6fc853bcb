#include "shadow/chain_reach.h"

#include <ranges>

namespace pyfw {

using Way = Aftermath::Way;

ChainReach::ChainReach(Looks& looks, Asks& asks, const CompiledHost& host)
    : looks_(looks),
      asks_(asks),
      host_(host),
      walked_(host.chains.size()),
      stages_(host.chains.size(), Stage::kNew),
      is_in_circle_(host.chains.size(), false) {}

void ChainReach::learn(ChainIndex chain) {
  learnt_.push_back(chain);
  for (std::uint32_t i = 0; i < host_.rules[chain].size(); ++i) asks_.learn({.chain = chain, .rule = i});
}

void ChainReach::walk() {
  for (auto chain : learnt_) walk(chain);
  for (auto chain : std::views::reverse(done_)) send(chain);
}

void ChainReach::walk(ChainIndex chain) {
  if (stages_[chain] == Stage::kDone) return;
  if (stages_[chain] == Stage::kUnderWay) {
    is_in_circle_[chain] = true;
    return;
  }
  stages_[chain] = Stage::kUnderWay;
  const auto& rules = host_.rules[chain];
  auto& here = walked_[chain];
  here.rules.resize(rules.size());
  auto on = Bdd::kAll;
  for (std::uint32_t i = 0; i < rules.size(); ++i) {
    RuleRef rule{.chain = chain, .rule = i};
    if (rules[i].to != kNoChain) {
      walked_[rules[i].to].callers.push_back(rule);
      walk(rules[i].to);
    }
    pass(rule, on, here.back);
  }
  here.end = on;
  here.back = looks_.bdd().either(here.back, on);
  stages_[chain] = Stage::kDone;
  done_.push_back(chain);
}

void ChainReach::pass(const RuleRef& rule, Bdd::Node& on, Bdd::Node& back) {
  auto& bdd = looks_.bdd();
  const auto& compiled = host_.rules[rule.chain][rule.rule];
  auto& here = walked_[rule.chain];
  auto& passage = here.rules[rule.rule];
  passage.change = change_by(compiled.compiled, host_.chains[rule.chain].rules[rule.rule].text);
  here.changes.add(passage.change.looks);
  if (passage.change.is_of_match_too)
    on = bdd.either(on, looks_.whatever(looks_.whatever_is_free(on), passage.change.looks));
  passage.comes = on;
  passage.match = asks_.match(rule);
  auto matched = bdd.both(on, passage.match.may);
  auto passed = bdd.without(on, passage.match.must);
  switch (passage.change.way) {
    case Way::kOn:
      if (passage.change.looks.empty()) return;
      on = bdd.either(passed, packets_after(passage.change, compiled.compiled.target, matched, looks_));
      return;
    case Way::kEnds: on = passed; return;
    case Way::kReturns:
      back = bdd.either(back, matched);
      on = passed;
      return;
    case Way::kJumps: {
      here.changes.add(stages_[compiled.to] == Stage::kDone ? walked_[compiled.to].changes : all_changes());
      auto returned = through(compiled.to, matched);
      bool is_goto = std::get<JumpTo>(compiled.compiled.target).is_goto;
      if (is_goto) back = bdd.either(back, returned);
      on = is_goto ? passed : bdd.either(passed, returned);
      return;
    }
    case Way::kUnknown: on = matched == Bdd::kNone ? passed : looks_.everything(); return;
  }
}

Bdd::Node ChainReach::through(ChainIndex chain, Bdd::Node packets) {
  if (packets == Bdd::kNone) return packets;
  // Nobody knows what becomes of packets that go round in a circle.
  if (stages_[chain] != Stage::kDone) return looks_.everything();
  const auto& there = walked_[chain];
  if (!there.changes.empty()) packets = looks_.whatever(looks_.whatever_is_free(packets), there.changes);
  return looks_.bdd().both(packets, there.back);
}

void ChainReach::send(ChainIndex chain) {
  auto& bdd = looks_.bdd();
  auto& here = walked_[chain];
  if (host_.chains[chain].is_builtin) here.sent = here.sent_at_most = here.in_hooks = begin(chain);
  if (is_in_circle_[chain]) here.sent = here.sent_at_most = here.in_hooks = looks_.everything();
  for (auto* packets : {&here.sent, &here.sent_at_most, &here.in_hooks})
    if (!here.changes.empty())
      *packets =
          bdd.both(looks_.whatever(looks_.whatever_is_free(*packets), here.changes), looks_.everything());
  for (std::size_t i = 0; i < here.rules.size(); ++i) {
    auto to = host_.rules[chain][i].to;
    if (to == kNoChain) continue;
    const auto& passage = here.rules[i];
    auto& there = walked_[to];
    auto matched = bdd.both(passage.comes, passage.match.may);
    there.sent = bdd.either(there.sent, bdd.both(here.sent, matched));
    there.sent_at_most = bdd.either(there.sent_at_most, bdd.both(here.sent_at_most, passage.match.may));
    there.in_hooks = bdd.either(there.in_hooks, here.in_hooks);
  }
}

// What the kernel gives to a hook. POSTROUTING knows where a packet came in, of late.
Bdd::Node ChainReach::begin(ChainIndex builtin) {
  auto& bdd = looks_.bdd();
  const auto& chain = host_.chains[builtin];
  auto out = looks_.everything();
  auto comes_in = looks_.is_somewhere(Look::kIn);
  auto goes_out = looks_.is_somewhere(Look::kOut);
  bool is_local = chain.name == "OUTPUT";
  bool is_before_routing = chain.name == "PREROUTING" || chain.name == "INPUT";
  if (is_before_routing || chain.name == "FORWARD") out = bdd.both(out, comes_in);
  if (is_before_routing) out = bdd.without(out, goes_out);
  if (is_local) out = bdd.without(out, comes_in);
  if (is_local || chain.name == "FORWARD" || chain.name == "POSTROUTING") out = bdd.both(out, goes_out);
  if (chain.table != "nat") return out;
  // Of what belongs to a connection that is open already nat's rules see nothing.
  auto is_first = looks_.number_in({.field = NumberField::kCtState,
                                    .mask = kStateNew | kStateRelated,
                                    .range = {.first = 1, .last = 0xff}});
  return bdd.both(bdd.both(out, is_first), looks_.holds(Look::kHasConnection));
}

bool ChainReach::is_met(const RuleRef& rule) {
  auto& bdd = looks_.bdd();
  const auto& here = walked_[rule.chain];
  const auto& passage = here.rules[rule.rule];
  return bdd.meet(bdd.both(passage.comes, passage.match.may), here.sent);
}

}  // namespace pyfw
