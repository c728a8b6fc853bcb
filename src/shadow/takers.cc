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
  explicit TakersFinder(TableReach& table) : table_(table), bdd_(table.looks().bdd()), host_(table.host()) {}

  // Before the rule: of the packets those that got to its chain were taken there, the others before.
  void before(const RuleRef& rule, Bdd::Node packets) {
    auto sent = table_.sent(rule.chain, packets);
    away(rule.chain, bdd_.without(packets, sent));
    inside(rule.chain, rule.rule, sent);
  }

  std::vector<RuleRef> found() && { return std::move(found_); }

 private:
  void away(ChainIndex chain, Bdd::Node packets) {
    if (packets == Bdd::kNone) return;
    for (const auto& caller : table_.callers(chain)) {
      auto sent = bdd_.both(table_.match(caller).may, table_.sent_at_most(caller.chain));
      auto these = bdd_.both(packets, sent);
      auto& asked = asked_[{caller.chain, caller.rule}];
      these = bdd_.without(these, asked);
      asked = bdd_.either(asked, these);
      if (these != Bdd::kNone) before(caller, these);
    }
  }

  // Of packets that begin the chain, those that don't get to the rule at `end`.
  void inside(ChainIndex chain, std::size_t end, Bdd::Node packets) {
    for (const auto& loss : table_.losses(chain, end, packets)) taken_by(loss.rule, loss.packets);
  }

  void taken_by(const RuleRef& rule, Bdd::Node packets) {
    const auto& compiled = host_.rules[rule.chain][rule.rule];
    const auto* jump = std::get_if<JumpTo>(&compiled.compiled.target);
    if (jump == nullptr) return add(rule);
    auto back = table_.through(compiled.to, packets);
    auto before = found_.size();
    inside(compiled.to, host_.rules[compiled.to].size(), bdd_.without(packets, back));
    // What is gone to does not come back here.
    if (found_.size() == before || bdd_.meet(packets, back)) add(rule);
  }

  void add(const RuleRef& rule) {
    if (known_.insert({rule.chain, rule.rule}).second) found_.push_back(rule);
  }

  TableReach& table_;
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

bool asks_for_no_more(TableReach& table, const RuleRef& one, const RuleRef& than) {
  auto& bdd = table.looks().bdd();
  auto packets = bdd.both(table.sent_at_most(than.chain), table.match(than).may);
  auto matched = bdd.both(packets, table.match(one).must);
  // A DROP of everything that ends a chain is asked of few packets only.
  if (one.chain != than.chain) matched = table.left(one, bdd.both(matched, table.sent_at_most(one.chain)));
  return matched == packets;
}

}  // namespace

Takers takers_of(TableReach& table, const RuleRef& rule) {
  const auto& host = table.host();
  TakersFinder finder(table);
  finder.before(rule, table.looks().bdd().both(table.sent_at_most(rule.chain), table.match(rule).may));
  auto out = std::move(finder).found();
  auto text_of = [&](const RuleRef& one) -> std::string_view {
    return host.chains[one.chain].rules[one.rule].text;
  };
  auto own = target_in(text_of(rule));
  std::ranges::stable_partition(out, [&](const RuleRef& one) { return target_in(text_of(one)) != own; });
  auto others = std::ranges::stable_partition(
      out, [&](const RuleRef& one) { return asks_for_no_more(table, one, rule); });
  auto enough = out.size() - others.size();
  return {.rules = std::move(out), .enough = enough};
}

}  // namespace pyfw
