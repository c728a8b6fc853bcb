#include "shadow/narrow_reach.h"

namespace pyfw {

using Way = Aftermath::Way;

Bdd::Node NarrowReach::sent_at_most(ChainIndex chain) {
  if (auto known = at_most_.find(chain); known != at_most_.end()) return known->second;
  auto& bdd = looks_.bdd();
  auto out = Bdd::kNone;
  if (rules_.chain(chain).is_builtin) {
    out = rules_.begin(chain);
  } else {
    for (const auto& caller : callers(chain))
      out = bdd.either(out, bdd.both(sent_at_most(caller.chain), match(caller).may));
  }
  return at_most_[chain] = out;
}

Bdd::Node NarrowReach::in_hooks(ChainIndex chain) {
  if (auto known = in_hooks_.find(chain); known != in_hooks_.end()) return known->second;
  auto out = Bdd::kNone;
  if (rules_.chain(chain).is_builtin) {
    out = rules_.begin(chain);
  } else {
    for (const auto& caller : callers(chain)) out = looks_.bdd().either(out, in_hooks(caller.chain));
  }
  return in_hooks_[chain] = out;
}

bool NarrowReach::is_met(const RuleRef& rule) {
  // Of most rules the first packet that one thinks of gets there, and nobody has to know their diagrams.
  if (auto one = rules_.plain_packet(rule))
    if (OnePacket packet(rules_, looks_, *one, Bdd::kNone); !packet.kept_from(rule)) return true;
  return any_come(rule, match(rule).may);
}

bool NarrowReach::any_come(const RuleRef& rule, Bdd::Node packets) {
  return any_get_there(packets, sent_at_most(rule.chain),
                       [&](OnePacket& one) { return one.kept_from(rule); });
}

bool NarrowReach::any_are_sent(ChainIndex chain, Bdd::Node packets) {
  auto [known, is_new] = any_sent_.try_emplace({chain, packets}, false);
  if (is_new)
    known->second =
        any_get_there(packets, sent_at_most(chain), [&](OnePacket& one) { return one.kept_from(chain); });
  return known->second;
}

bool NarrowReach::any_stay(ChainIndex chain, Bdd::Node packets) {
  return any_get_there(packets, Bdd::kAll, [&](OnePacket& one) { return one.lost_in(chain); });
}

// What is in both is not made a diagram of its own for each rule.
bool NarrowReach::any_get_there(Bdd::Node packets, Bdd::Node possible, const KeptFrom& kept_from) {
  auto& bdd = looks_.bdd();
  while (auto one = bdd.first_of(packets, possible, looks_.variable_count())) {
    OnePacket packet(rules_, looks_, *one, packets);
    auto kept = kept_from(packet);
    // Where diagrams are too large, they mean nothing any more, and whoever asked will hear of it.
    if (!kept || !bdd.check()) return true;
    packets = bdd.without(packets, *kept);
  }
  return false;
}

std::vector<Loss> NarrowReach::losses(ChainIndex chain, std::size_t end, Bdd::Node packets) {
  auto& bdd = looks_.bdd();
  std::vector<Loss> out;
  for (auto i : rules_.before(chain, end, packets)) {
    RuleRef rule{.chain = chain, .rule = i};
    auto lost = bdd.both(packets, match(rule).must);
    if (lost == Bdd::kNone) continue;
    bool is_jump = rules_.way(rule) == Way::kJumps;
    if (is_jump) lost = left(rule, lost);
    if (is_jump && !rules_.is_goto(rule)) lost = this->lost(rules_.to(rule), lost);
    // What is left by then of many packets is a large diagram, and of rules that take them nobody asks for
    // it.
    bool any =
        is_jump ? lost != Bdd::kNone
                : any_get_there(lost, Bdd::kAll, [&](OnePacket& one) { return one.taken_before(chain, i); });
    if (any) out.push_back({.rule = rule, .packets = lost});
    if (!is_jump && lost == packets) break;
  }
  return out;
}

Bdd::Node NarrowReach::sent(ChainIndex chain, Bdd::Node packets) {
  auto& bdd = looks_.bdd();
  packets = bdd.both(packets, sent_at_most(chain));
  if (packets == Bdd::kNone || rules_.chain(chain).is_builtin) return packets;
  if (auto known = sent_.find({chain, packets}); known != sent_.end()) return known->second;
  auto out = Bdd::kNone;
  for (const auto& caller : callers(chain)) {
    auto there = bdd.both(sent(caller.chain, packets), match(caller).may);
    out = bdd.either(out, left(caller, there));
  }
  return sent_[{chain, packets}] = out;
}

NarrowReach::Passed NarrowReach::pass(ChainIndex chain, std::size_t end, Bdd::Node packets) {
  auto& bdd = looks_.bdd();
  Passed out{.left = packets};
  for (auto i : rules_.before(chain, end, packets)) {
    if (out.left == Bdd::kNone) break;
    RuleRef rule{.chain = chain, .rule = i};
    auto may = bdd.both(out.left, match(rule).may);
    if (may == Bdd::kNone) continue;
    auto gone = bdd.both(out.left, match(rule).must);
    if (rules_.way(rule) == Way::kReturns) out.back = bdd.either(out.back, may);
    if (rules_.way(rule) == Way::kJumps) {
      auto to = rules_.to(rule);
      if (rules_.is_goto(rule))
        out.back = bdd.either(out.back, bdd.without(may, lost(to, may)));
      else
        gone = lost(to, gone);
    }
    out.left = bdd.without(out.left, gone);
  }
  return out;
}

Bdd::Node NarrowReach::lost(ChainIndex chain, Bdd::Node packets) {
  if (packets == Bdd::kNone) return packets;
  if (auto known = lost_.find({chain, packets}); known != lost_.end()) return known->second;
  auto passed = pass(chain, rules_.count(chain), packets);
  auto out = looks_.bdd().without(looks_.bdd().without(packets, passed.left), passed.back);
  return lost_[{chain, packets}] = out;
}

}  // namespace pyfw
