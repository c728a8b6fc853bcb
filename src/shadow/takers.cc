#include "shadow/takers.h"

#include <algorithm>
#include <map>
#include <set>
#include <string_view>
#include <utility>

namespace pyfw {
namespace {

using Key = std::pair<ChainIndex, std::uint32_t>;

class TakersFinder {
 public:
  TakersFinder(ChainReach& reach, Looks& looks, const CompiledHost& host)
      : reach_(reach), bdd_(looks.bdd()), host_(host) {}

  // Before the rule: of the packets those that got to its chain were taken there, the others before.
  void before(const RuleRef& rule, Bdd::Node packets) {
    const auto& here = reach_.walked(rule.chain);
    away(rule.chain, bdd_.without(packets, here.sent));
    inside(rule.chain, rule.rule, bdd_.both(packets, here.sent));
  }

  std::vector<RuleRef> found() && { return std::move(found_); }

 private:
  void away(ChainIndex chain, Bdd::Node packets) {
    if (packets == Bdd::kNone) return;
    for (const auto& caller : reach_.walked(chain).callers) {
      const auto& there = reach_.walked(caller.chain);
      auto sent = bdd_.both(there.rules[caller.rule].match.may, there.sent_at_most);
      auto these = bdd_.both(packets, sent);
      auto& asked = asked_[{caller.chain, caller.rule}];
      these = bdd_.without(these, asked);
      asked = bdd_.either(asked, these);
      if (these != Bdd::kNone) before(caller, these);
    }
  }

  // Of packets that begin the chain, those that don't get to the rule at `end`.
  void inside(ChainIndex chain, std::size_t end, Bdd::Node packets) {
    const auto& here = reach_.walked(chain);
    if (end == 0 || packets == Bdd::kNone) return;
    if (here.changes.empty()) return between(chain, 0, end, bdd_.both(packets, here.gone_after(end - 1)));
    for (std::size_t i = 0; i < end; ++i) {
      auto lost = bdd_.both(bdd_.without(packets, here.rules[i].gone), here.gone_after(i));
      if (lost != Bdd::kNone) taken_by({.chain = chain, .rule = static_cast<std::uint32_t>(i)}, lost);
    }
  }

  // All of the packets get lost between those two. Where nothing is changed ever fewer are left, so that what
  // is left in the middle tells on which side.
  void between(ChainIndex chain, std::size_t first, std::size_t end, Bdd::Node packets) {
    if (packets == Bdd::kNone) return;
    if (end - first == 1)
      return taken_by({.chain = chain, .rule = static_cast<std::uint32_t>(first)}, packets);
    auto middle = first + (end - first) / 2;
    auto gone = reach_.walked(chain).rules[middle].gone;
    between(chain, first, middle, bdd_.both(packets, gone));
    between(chain, middle, end, bdd_.without(packets, gone));
  }

  void taken_by(const RuleRef& rule, Bdd::Node packets) {
    const auto& compiled = host_.rules[rule.chain][rule.rule];
    const auto* jump = std::get_if<JumpTo>(&compiled.compiled.target);
    if (jump == nullptr) return add(rule);
    auto back = reach_.through(compiled.to, packets);
    auto before = found_.size();
    inside(compiled.to, reach_.walked(compiled.to).rules.size(), bdd_.without(packets, back));
    // What is gone to does not come back here.
    if (found_.size() == before || bdd_.meet(packets, back)) add(rule);
  }

  void add(const RuleRef& rule) {
    if (known_.insert({rule.chain, rule.rule}).second) found_.push_back(rule);
  }

  ChainReach& reach_;
  Bdd& bdd_;
  const CompiledHost& host_;
  std::map<Key, Bdd::Node> asked_;
  std::set<Key> known_;
  std::vector<RuleRef> found_;
};

// "-j DNAT --to-destination 10.0.0.1"
std::string_view target_in(std::string_view text) {
  auto at = std::max(text.rfind(" -j ") + 1, text.rfind(" -g ") + 1);
  return text.substr(at);
}

}  // namespace

bool asks_for_no_more(ChainReach& reach, Looks& looks, const RuleRef& one, const RuleRef& than) {
  const auto& there = reach.walked(than.chain);
  auto packets = looks.bdd().both(there.sent_at_most, there.rules[than.rule].match.may);
  const auto& here = reach.walked(one.chain);
  const auto& passage = here.rules[one.rule];
  auto matched = passage.match.must;
  // A DROP of everything that ends a chain is asked of few packets only.
  if (one.chain != than.chain)
    matched = looks.bdd().without(looks.bdd().both(matched, here.sent_at_most), passage.gone);
  return looks.bdd().without(packets, matched) == Bdd::kNone;
}

std::vector<RuleRef> takers_of(ChainReach& reach, Looks& looks, const CompiledHost& host,
                               const RuleRef& rule) {
  const auto& here = reach.walked(rule.chain);
  TakersFinder finder(reach, looks, host);
  finder.before(rule, looks.bdd().both(here.sent_at_most, here.rules[rule.rule].match.may));
  auto out = std::move(finder).found();
  auto text_of = [&](const RuleRef& one) -> std::string_view {
    return host.chains[one.chain].rules[one.rule].text;
  };
  auto own = target_in(text_of(rule));
  std::ranges::stable_partition(out, [&](const RuleRef& one) { return target_in(text_of(one)) != own; });
  std::ranges::stable_partition(
      out, [&](const RuleRef& one) { return asks_for_no_more(reach, looks, one, rule); });
  return out;
}

}  // namespace pyfw
