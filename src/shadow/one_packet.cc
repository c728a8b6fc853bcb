#include "shadow/one_packet.h"

namespace pyfw {

using Way = Aftermath::Way;

OnePacket::Kept OnePacket::kept_from(const RuleRef& rule) {
  if (auto kept = kept_from(rule.chain)) return kept;
  return taken_before(rule.chain, rule.rule);
}

OnePacket::Kept OnePacket::kept_from(ChainIndex chain) {
  auto known = not_sent_.find(chain);
  if (known == not_sent_.end()) known = not_sent_.emplace(chain, find_kept_from(chain)).first;
  return known->second;
}

OnePacket::Kept OnePacket::find_kept_from(ChainIndex chain) {
  auto& bdd = looks_.bdd();
  if (rules_.chain(chain).is_builtin) {
    auto given = rules_.begin(chain);
    return is_in(given) ? Kept() : bdd.without(among_, given);
  }
  // Whoever all callers keep.
  auto out = among_;
  for (const auto& caller : rules_.callers(chain)) {
    auto may = rules_.match(caller).may;
    auto kept = is_in(may) ? kept_from(caller) : bdd.without(among_, may);
    if (!kept) return {};
    out = bdd.both(out, *kept);
  }
  return out;
}

OnePacket::Kept OnePacket::taken_before(ChainIndex chain, std::size_t end) {
  auto& bdd = looks_.bdd();
  for (auto i : rules_.before(chain, end, packet_)) {
    RuleRef rule{.chain = chain, .rule = i};
    auto must = rules_.match(rule).must;
    if (!is_in(must)) continue;
    bool comes_back = rules_.way(rule) == Way::kJumps && !rules_.is_goto(rule);
    if (!comes_back) return bdd.both(among_, must);
    if (auto lost = lost_in(rules_.to(rule))) return bdd.both(must, *lost);
  }
  return {};
}

OnePacket::Kept OnePacket::lost_in(ChainIndex chain) {
  auto known = lost_.find(chain);
  if (known == lost_.end()) known = lost_.emplace(chain, find_lost_in(chain)).first;
  return known->second;
}

OnePacket::Kept OnePacket::find_lost_in(ChainIndex chain) {
  auto& bdd = looks_.bdd();
  auto among = among_;
  for (auto i : rules_.before(chain, rules_.count(chain), packet_)) {
    RuleRef rule{.chain = chain, .rule = i};
    const auto match = rules_.match(rule);
    if (!is_in(match.may)) continue;
    auto way = rules_.way(rule);
    if (way == Way::kReturns) return {};
    auto these = bdd.both(among, match.must);
    if (way == Way::kJumps) {
      auto lost = lost_in(rules_.to(rule));
      if (rules_.is_goto(rule)) {
        if (!lost) return {};
        // Of others that go there too, those that come back from there come back from here.
        among = bdd.either(bdd.without(among, match.may), bdd.both(among, *lost));
      }
      if (!lost) continue;
      these = bdd.both(these, *lost);
    }
    if (is_in(match.must)) return without_returned(chain, i, these);
  }
  return {};
}

// Without those that rules before this one may have given back, and not this packet.
Bdd::Node OnePacket::without_returned(ChainIndex chain, std::size_t end, Bdd::Node packets) {
  for (auto i : rules_.returning(chain)) {
    if (i >= end) break;
    auto may = rules_.match({.chain = chain, .rule = i}).may;
    if (!is_in(may)) packets = looks_.bdd().without(packets, may);
  }
  return packets;
}

}  // namespace pyfw
