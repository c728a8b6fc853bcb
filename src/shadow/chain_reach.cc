#include "shadow/chain_reach.h"

#include <numeric>
#include <ranges>
#include <utility>

#include "shadow/hook_packets.h"

namespace pyfw {

using Way = Aftermath::Way;

namespace {

// Of those that are told apart by an address and a port; with sets and ranges it may be ten times as many.
constexpr std::size_t kNodesOfARule = 50;

}  // namespace

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
  std::size_t rules = 0;
  for (auto chain : learnt_) rules += host_.rules[chain].size();
  looks_.bdd().expect(rules * kNodesOfARule);
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
  auto gone = Bdd::kNone;
  auto back = Bdd::kNone;  // by RETURN
  for (std::uint32_t i = 0; i < rules.size(); ++i) {
    RuleRef rule{.chain = chain, .rule = i};
    if (rules[i].to != kNoChain) {
      walked_[rules[i].to].callers.push_back(rule);
      walk(rules[i].to);
    }
    pass(rule, gone, back);
  }
  here.gone = gone;
  here.lost = looks_.bdd().without(gone, back);
  stages_[chain] = Stage::kDone;
  done_.push_back(chain);
}

void ChainReach::pass(const RuleRef& rule, Bdd::Node& gone, Bdd::Node& back) {
  auto& bdd = looks_.bdd();
  const auto& compiled = host_.rules[rule.chain][rule.rule];
  auto& here = walked_[rule.chain];
  auto& passage = here.rules[rule.rule];
  passage.change = change_by(compiled.compiled, host_.chains[rule.chain].rules[rule.rule].text);
  here.changes.add(passage.change.looks);
  if (passage.change.is_of_match_too)
    gone =
        bdd.without(gone, looks_.whatever(looks_.whatever_is_free(bdd.opposite(gone)), passage.change.looks));
  passage.gone = gone;
  passage.match = asks_.match(rule);
  if (passage.change.way == Way::kOn && passage.change.looks.empty()) return;
  if (passage.change.way == Way::kJumps) return jump(rule, gone, back);
  auto before = std::exchange(gone, bdd.either(gone, passage.match.must));
  if (passage.change.way == Way::kEnds) return;
  auto matched = bdd.without(passage.match.may, before);
  if (passage.change.way == Way::kReturns) {
    back = bdd.either(back, matched);
  } else if (passage.change.way == Way::kOn) {
    gone = bdd.without(gone, packets_after(passage.change, compiled.compiled.target, matched, looks_));
  } else if (matched != Bdd::kNone) {
    gone = bdd.opposite(looks_.everything());
  }
}

void ChainReach::jump(const RuleRef& rule, Bdd::Node& gone, Bdd::Node& back) {
  auto& bdd = looks_.bdd();
  const auto& compiled = host_.rules[rule.chain][rule.rule];
  auto& here = walked_[rule.chain];
  const auto& match = here.rules[rule.rule].match;
  const auto& there = walked_[compiled.to];
  bool is_done = stages_[compiled.to] == Stage::kDone;
  bool is_goto = std::get<JumpTo>(compiled.compiled.target).is_goto;
  auto changes = is_done ? there.changes : all_changes();
  here.changes.add(changes);
  // Nobody has to know who matches and comes back, which may be nearly all packets.
  if (changes.empty() && !is_goto) {
    gone = bdd.either(gone, bdd.both(match.must, there.lost));
    return;
  }
  auto returned = through(compiled.to, bdd.without(match.may, gone));
  gone = bdd.either(gone, match.must);
  if (is_goto)
    back = bdd.either(back, returned);
  else
    gone = bdd.without(gone, returned);
}

Bdd::Node ChainReach::through(ChainIndex chain, Bdd::Node packets) {
  if (packets == Bdd::kNone) return packets;
  // Nobody knows what becomes of packets that go round in a circle.
  if (stages_[chain] != Stage::kDone) return looks_.everything();
  const auto& there = walked_[chain];
  if (!there.changes.empty()) packets = looks_.whatever(looks_.whatever_is_free(packets), there.changes);
  return looks_.bdd().without(packets, there.lost);
}

void ChainReach::send(ChainIndex chain) {
  auto& bdd = looks_.bdd();
  auto& here = walked_[chain];
  if (host_.chains[chain].is_builtin)
    here.sent = here.sent_at_most = here.in_hooks = packets_of_hook(host_.chains[chain], looks_);
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
    auto matched = bdd.both(here.sent, passage.match.may);
    there.sent = bdd.either(there.sent, bdd.without(matched, passage.gone));
    there.sent_at_most = bdd.either(there.sent_at_most, bdd.both(here.sent_at_most, passage.match.may));
    there.in_hooks = bdd.either(there.in_hooks, here.in_hooks);
  }
}

bool ChainReach::is_met(const RuleRef& rule) {
  const auto& here = walked_[rule.chain];
  const auto& passage = here.rules[rule.rule];
  return looks_.bdd().meet_outside(passage.match.may, here.sent, passage.gone);
}

std::vector<Loss> ChainReach::losses(ChainIndex chain, std::size_t end, Bdd::Node packets) {
  std::vector<Loss> out;
  auto& bdd = looks_.bdd();
  const auto& here = walked_[chain];
  if (end == 0 || packets == Bdd::kNone) return out;
  if (here.changes.empty()) {
    find_losses(chain, {.first = 0, .end = end, .packets = bdd.both(packets, here.gone_after(end - 1))}, out);
    return out;
  }
  for (std::uint32_t i = 0; i < end; ++i) {
    auto lost = bdd.both(bdd.without(packets, here.rules[i].gone), here.gone_after(i));
    if (lost != Bdd::kNone) out.push_back({.rule = {.chain = chain, .rule = i}, .packets = lost});
  }
  return out;
}

// Where nothing is changed ever fewer are left, so that what is left in the middle tells on which side.
void ChainReach::find_losses(ChainIndex chain, const Lost& lost, std::vector<Loss>& out) {
  auto [first, end, packets] = lost;
  if (packets == Bdd::kNone) return;
  if (end - first == 1) {
    out.push_back({.rule = {.chain = chain, .rule = static_cast<std::uint32_t>(first)}, .packets = packets});
    return;
  }
  auto& bdd = looks_.bdd();
  auto middle = first + (end - first) / 2;
  auto gone = walked_[chain].rules[middle].gone;
  find_losses(chain, {.first = first, .end = middle, .packets = bdd.both(packets, gone)}, out);
  find_losses(chain, {.first = middle, .end = end, .packets = bdd.without(packets, gone)}, out);
}

std::vector<std::uint32_t> ChainReach::overlapping(ChainIndex chain, Bdd::Node /*packets*/) const {
  std::vector<std::uint32_t> all(walked_[chain].rules.size());
  std::iota(all.begin(), all.end(), 0);
  return all;
}

}  // namespace pyfw
