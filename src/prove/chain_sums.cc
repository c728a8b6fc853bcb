#include "prove/chain_sums.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <type_traits>

#include "base/contains.h"
#include "base/overloaded.h"

namespace pyfw {
namespace {

// Numbers and names one after the other, which tell all that they were made of.
class Key {
 public:
  template <typename Number>
    requires std::is_trivially_copyable_v<Number>
  Key& add(const Number& number) {
    auto bytes = std::bit_cast<std::array<char, sizeof(Number)>>(number);
    text_.append(bytes.data(), bytes.size());
    return *this;
  }
  Key& add(const std::string& name) {
    add(name.size());
    text_.append(name);
    return *this;
  }
  std::string take() && { return std::move(text_); }

 private:
  std::string text_;
};

// All that a condition can look at of a place.
void add(const Here& here, Key& key) {
  const auto& known = here.known;
  const auto& packet = known.packet;
  key.add(known.hook).add(known.in_interface).add(known.out_interface).add(known.physical_in);
  key.add(known.physical_out).add(known.is_bridged).add(known.mark).add(known.state).add(known.type);
  key.add(packet.protocol).add(packet.tcp_flags).add(packet.icmp_type).add(packet.icmp_code);
  key.add(known.owner.has_value()).add(known.owner && known.owner->is_kernel);
  key.add(known.connection.has_value());
  if (const auto& connection = known.connection; connection) {
    key.add(connection->status).add(connection->has_dnat).add(connection->has_snat).add(connection->mark);
    key.add(connection->is_reply).add(connection->original.protocol);
  }
  for (std::size_t i = 0; i < kSlots; ++i) {
    const auto& origin = here.origins[i];
    key.add(origin.is);
    if (origin.is != Origin::Is::kKnown) {
      key.add(origin.field);
      continue;
    }
    auto value = value_of(static_cast<Slot>(i), known);
    key.add(value.high).add(value.low);
  }
  key.add(here.clouds.size());
  for (const auto* cloud : here.clouds) key.add(std::bit_cast<std::uintptr_t>(cloud));
}

bool decides(const Target& target) {
  return std::visit(Overloaded{[](const Continue&) { return true; }, [](const Accept&) { return true; },
                               [](const Drop&) { return true; }, [](const Return&) { return true; },
                               [](const JumpTo&) { return true; }, [](const Reject&) { return true; },
                               [](const auto&) { return false; }},
                    target);
}

bool is_per_rule(const Condition& condition) {
  if (const auto* unknowable = std::get_if<Unknowable>(&condition.kind)) return unknowable->is_per_rule;
  const auto* any = std::get_if<AnyOf>(&condition.kind);
  return any != nullptr && std::ranges::any_of(any->conditions, is_per_rule);
}

bool asks_for_port(const Meanings::Asked& asked) {
  return asked.slots.size() == 1 && asked.parts.empty() && is_port(field_of(asked.slots[0]));
}

// A packet that answers another is in one of these states, and a rule that wants none of them does not see
// it. What answers a packet that was not tracked begins a connection.
bool may_meet_answers(const CompiledRule& rule, const Surroundings& surroundings, bool are_some_untracked) {
  std::vector states = {CtState::kEstablished, CtState::kRelated, CtState::kInvalid, CtState::kUntracked};
  if (are_some_untracked) states.push_back(CtState::kNew);
  return std::ranges::none_of(rule.conditions, [&](const Condition& condition) {
    const auto* number = std::get_if<NumberIn>(&condition.kind);
    if (number == nullptr || number->field != NumberField::kCtState) return false;
    for (auto state : states)
      for (bool dnat : {false, true})
        for (bool snat : {false, true}) {
          Encounter encounter{.packet = {}, .state = state};
          encounter.connection = Connection{.original = {}, .reply = {}, .has_dnat = dnat, .has_snat = snat};
          if (holds(condition, encounter, surroundings) != Answer::kNo) return false;
        }
    return true;
  });
}

bool has_rule(const CompiledHost& host, bool (*is_it)(const Target&)) {
  return std::ranges::any_of(host.rules, [&](const std::vector<ChainRule>& rules) {
    return std::ranges::any_of(rules, [&](const ChainRule& rule) { return is_it(rule.compiled.target); });
  });
}

bool is_untrack(const Target& target) { return std::holds_alternative<Untrack>(target); }

bool is_reset(const Target& target) {
  const auto* reject = std::get_if<Reject>(&target);
  return reject != nullptr && reject->with == "tcp-reset";
}

}  // namespace

ChainSums::ChainSums(PacketSpace& space, Meanings& meanings, const CompiledHost& host)
    : space_(space),
      meanings_(meanings),
      host_(host),
      learnt_(host.rules.size()),
      decides_(host.rules.size()),
      may_doubt_(host.rules.size()),
      are_some_untracked_(has_rule(host, is_untrack)),
      turns_in_nat_(are_some_untracked_ || has_rule(host, is_reset)) {}

void ChainSums::learn(ChainIndex chain) {
  auto& learnt = learnt_[chain];
  const auto& rules = host_.rules[chain];
  if (!learnt.empty() || rules.empty()) return;
  learnt.resize(rules.size());
  bool may_turn = host_.chains[chain].table != "nat" || turns_in_nat_;
  for (std::size_t i = 0; i < rules.size(); ++i) {
    const auto& compiled = rules[i].compiled;
    bool turns = may_turn && may_meet_answers(compiled, host_.surroundings, are_some_untracked_);
    for (const auto& condition : compiled.conditions) learnt[i].push_back(meanings_.learn(condition, turns));
    if (const auto* reject = std::get_if<Reject>(&compiled.target))
      if (!contains(rejects_, reject->with)) rejects_.push_back(reject->with);
    if (rules[i].to != kNoChain) learn(rules[i].to);
    if (std::ranges::any_of(compiled.conditions, may_depend) ||
        (rules[i].to != kNoChain && may_doubt_[rules[i].to]))
      may_doubt_[chain] = true;
  }
}

bool ChainSums::only_decides(ChainIndex chain) {
  auto& decision = decides_[chain];
  if (decision == Decides::kAsking) return false;
  if (decision != Decides::kUnknown) return decision == Decides::kYes;
  decision = Decides::kAsking;
  bool all = std::ranges::all_of(host_.rules[chain], [&](const ChainRule& rule) {
    if (!pyfw::decides(rule.compiled.target)) return false;
    bool is_jump = std::holds_alternative<JumpTo>(rule.compiled.target);
    return !is_jump || (rule.to != kNoChain && only_decides(rule.to));
  });
  decides_[chain] = all ? Decides::kYes : Decides::kNo;
  return all;
}

const ChainSum& ChainSums::of(ChainIndex chain, const Here& here) {
  std::pair key(chain, key_of(chain, here));
  if (auto known = known_.find(key); known != known_.end()) return known->second;
  auto whole = part(chain, that_may_match(chain, 0, host_.rules[chain].size(), here), here);
  whole.sum.back = space_.bdd().either(whole.sum.back, whole.on);
  whole.sum.rejected.resize(rejects_.size(), Bdd::kNone);
  return known_.emplace(std::move(key), std::move(whole.sum)).first->second;
}

std::string ChainSums::key_of(ChainIndex chain, const Here& here) const {
  Key key;
  add(here, key);
  // Clouds make doubts of what can be told else.
  if (may_doubt_[chain] || !here.clouds.empty()) key.add(here.leg).add(here.jumps);
  return std::move(key).take();
}

std::vector<std::uint32_t> ChainSums::that_may_match(ChainIndex chain, std::size_t first, std::size_t end,
                                                     const Here& here) const {
  auto is_open = [&](Slot slot) { return here.origin(slot).is != Origin::Is::kKnown; };
  auto key = sieve_key(here.known);
  auto mask = sieve_mask({.source = is_open(Slot::kSource),
                          .destination = is_open(Slot::kDestination),
                          .destination_port = is_open(Slot::kDestinationPort)});
  const auto& sieve = host_.sieves[chain];
  std::vector<std::uint32_t> out;
  for (auto rule = sieve.next(key, mask, first); rule < end; rule = sieve.next(key, mask, rule + 1))
    out.push_back(static_cast<std::uint32_t>(rule));
  return out;
}

ChainSums::Part ChainSums::part(ChainIndex chain, Rules rules, const Here& here) {
  if (rules.empty()) return {.on = Bdd::kAll};
  if (rules.size() == 1) return one_rule({.chain = chain, .rule = rules.front()}, here);
  auto middle = rules.size() / 2;
  auto above = part(chain, rules.first(middle), here);
  return joined(above, part(chain, rules.subspan(middle), here));
}

ChainSums::Part ChainSums::joined(const Part& above, const Part& below) {
  auto& bdd = space_.bdd();
  // Rules that match nothing are most of them.
  if (below.on == Bdd::kAll) return above;
  if (above.on == Bdd::kAll) return below;
  auto join = [&](Bdd::Node first, Bdd::Node second) {
    return second == Bdd::kNone ? first : bdd.either(first, bdd.both(above.on, second));
  };
  Part out{.sum = {.accepted = join(above.sum.accepted, below.sum.accepted),
                   .dropped = join(above.sum.dropped, below.sum.dropped),
                   .back = join(above.sum.back, below.sum.back),
                   .untold = join(above.sum.untold, below.sum.untold)},
           .on = bdd.both(above.on, below.on)};
  const auto& first = above.sum.rejected;
  const auto& second = below.sum.rejected;
  auto or_none = [](const std::vector<Bdd::Node>& nodes, std::size_t i) {
    return i < nodes.size() ? nodes[i] : Bdd::kNone;
  };
  for (std::size_t i = 0; i < std::max(first.size(), second.size()); ++i)
    out.sum.rejected.push_back(join(or_none(first, i), or_none(second, i)));
  return out;
}

std::size_t ChainSums::kind_of(const Reject& reject) {
  return static_cast<std::size_t>(std::ranges::find(rejects_, reject.with) - rejects_.begin());
}

ChainSums::Part ChainSums::one_rule(const RuleRef& rule, const Here& here) {
  const auto& target = host_.rules[rule.chain][rule.rule].compiled.target;
  if (std::holds_alternative<Continue>(target)) return {.on = Bdd::kAll};
  auto matched = match(rule, here);
  auto& bdd = space_.bdd();
  if (const auto* to = std::get_if<JumpTo>(&target)) return jump(*to, rule, matched, here);
  Part out{.on = bdd.opposite(bdd.either(matched.yes, matched.untold))};
  out.sum.untold = matched.untold;
  if (std::holds_alternative<Accept>(target)) out.sum.accepted = matched.yes;
  if (std::holds_alternative<Drop>(target)) out.sum.dropped = matched.yes;
  if (std::holds_alternative<Return>(target)) out.sum.back = matched.yes;
  if (const auto* reject = std::get_if<Reject>(&target); reject != nullptr && matched.yes != Bdd::kNone) {
    out.sum.rejected.resize(kind_of(*reject) + 1, Bdd::kNone);
    out.sum.rejected.back() = matched.yes;
  }
  return out;
}

// What is gone to returns to where its caller would have.
ChainSums::Part ChainSums::jump(const JumpTo& jump, const RuleRef& rule, const Matched& matched,
                                const Here& here) {
  auto to = host_.rules[rule.chain][rule.rule].to;
  auto& bdd = space_.bdd();
  auto passed = bdd.opposite(bdd.either(matched.yes, matched.untold));
  if (matched.yes == Bdd::kNone) return {.sum = {.untold = matched.untold}, .on = passed};
  auto there = here;
  there.jumps = jumps_after(here.jumps, rule);
  auto sum = of(to, there);
  auto back = bdd.both(matched.yes, sum.back);
  for (auto& node : sum.rejected) node = bdd.both(matched.yes, node);
  return {.sum = {.accepted = bdd.both(matched.yes, sum.accepted),
                  .dropped = bdd.both(matched.yes, sum.dropped),
                  .rejected = std::move(sum.rejected),
                  .back = jump.is_goto ? back : Bdd::kNone,
                  .untold = bdd.either(matched.untold, bdd.both(matched.yes, sum.untold))},
          .on = jump.is_goto ? passed : bdd.either(passed, back)};
}

ChainSums::Matched ChainSums::match(const RuleRef& rule, const Here& here) {
  auto& bdd = space_.bdd();
  Matched out{.yes = only_};
  const auto& conditions = learnt_[rule.chain][rule.rule];
  // Ports first: most rules are for another one than the packets that are looked at, and it takes the
  // smallest diagrams to see that.
  for (bool are_of_ports : {true, false})
    for (std::size_t i = 0; i < conditions.size(); ++i) {
      if (asks_for_port(conditions[i]) != are_of_ports) continue;
      if (out.yes == Bdd::kNone && out.untold == Bdd::kNone) return out;
      auto meaning = meanings_.at(conditions[i], here);
      auto holds = meaning.holds;
      if (meaning.depends != Bdd::kNone && bdd.meet(bdd.either(out.yes, out.untold), meaning.depends)) {
        holds = bdd.either(holds, bdd.both(meaning.depends, doubt(rule, i, here)));
      }
      // What can't be told matters only where all else holds.
      out.untold = bdd.either(bdd.both(out.untold, bdd.either(holds, meaning.is_untold)),
                              bdd.both(out.yes, meaning.is_untold));
      out.yes = bdd.both(out.yes, holds);
    }
  return out;
}

const ChainSums::Matched& ChainSums::match_any(ChainIndex chain, std::uint32_t first, std::uint32_t last,
                                               const Here& here) {
  Key range;
  range.add(chain).add(first).add(last);
  auto [known, is_new] = known_matches_.try_emplace(std::move(range).take() + key_of(chain, here));
  if (is_new) known->second = any_of(chain, that_may_match(chain, first, last + std::size_t{1}, here), here);
  return known->second;
}

ChainSums::Matched ChainSums::any_of(ChainIndex chain, Rules rules, const Here& here) {
  if (rules.empty()) return {};
  if (rules.size() == 1) return match({.chain = chain, .rule = rules.front()}, here);
  auto middle = rules.size() / 2;
  auto above = any_of(chain, rules.first(middle), here);
  auto below = any_of(chain, rules.subspan(middle), here);
  auto& bdd = space_.bdd();
  return {.yes = bdd.either(above.yes, below.yes), .untold = bdd.either(above.untold, below.untold)};
}

Bdd::Node ChainSums::doubt(const RuleRef& rule, std::size_t condition, const Here& here) {
  const auto& compiled = host_.rules[rule.chain][rule.rule].compiled;
  auto match = std::ranges::find_if(compiled.uncertain, [&](const UncertainMatch& some) {
    return some.first <= condition && condition < some.end;
  });
  bool is_own = !here.clouds.empty() || match == compiled.uncertain.end() ||
                is_per_rule(compiled.conditions[condition]);
  auto key = is_own ? fmt::format("{} {} {} {} {} {}", rule.chain, rule.rule, condition, here.leg,
                                  static_cast<int>(here.known.hook), here.jumps)
                    : fmt::format("{} {}", here.leg, match->text);
  auto [known, is_new] = doubts_.try_emplace(std::move(key), Bdd::kNone);
  if (is_new) {
    known->second = space_.free_variable();
    auto on = match == compiled.uncertain.end() ? std::string("what is not known by then") : match->text;
    questions_[space_.bdd().variable_of(known->second)] = {.rule = rule, .on = std::move(on)};
  }
  return known->second;
}

const OpenQuestion* ChainSums::question_of(std::uint32_t variable) const {
  auto found = questions_.find(variable);
  return found == questions_.end() ? nullptr : &found->second;
}

}  // namespace pyfw
