#include "plan/midway.h"

#include <deque>
#include <map>
#include <set>
#include <string_view>
#include <utility>

#include "nf/tokens.h"
#include "plan/chain_edits.h"

namespace pyfw {
namespace {

std::string policy_of(const Chain* chain) {
  return chain == nullptr ? "ACCEPT" : chain->policy.value_or("ACCEPT");
}

const std::vector<Rule>& rules_of(const Chain* chain) {
  static const std::vector<Rule> kNone;
  return chain == nullptr ? kNone : chain->rules;
}

// What a rule asks of a packet and does to it, without its name.
std::string without_comments(const Rule& rule) {
  auto tokens = tokens_of(rule);
  std::vector<std::string> kept;
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    bool is_comment = tokens[i] == "-m" && i + 1 < tokens.size() && tokens[i + 1] == "comment";
    if (is_comment || tokens[i] == "--comment") {
      ++i;
      continue;
    }
    kept.push_back(tokens[i]);
  }
  return write_tokens(kept);
}

class ChainHalf {
 public:
  ChainHalf(const ChainId& id, const Chain* live, const Chain& desired, const Desired& all, Effects& before,
            Effects& after)
      : id_(id),
        live_(rules_of(live)),
        desired_(desired.rules),
        all_(all),
        before_(before),
        after_(after),
        delta_(delta_of_chain(live_, desired_, flags_of(all.foreign, id))) {
    settle_moves();
  }

  void build(std::vector<Rule>& rules, std::vector<bool>& foreign) {
    for (std::size_t d = 0; d <= desired_.size(); ++d) {
      if (d < desired_.size() && placed_ < delta_.placed.size() && delta_.placed[placed_] == d) {
        gap_.push_back(placed_++);
        continue;
      }
      close_gap(rules, foreign);
      if (d == desired_.size()) break;
      rules.push_back(desired_[d]);
      foreign.push_back(all_.is_foreign(id_, d));
      ++l_;
    }
  }

 private:
  enum class Stands { kAsNew, kAsOld };

  // A rule that moves stands once, as it may be another's: one that closes where it is met the earlier, any
  // other where it is met the later.
  void settle_moves() {
    std::map<std::string_view, std::deque<std::size_t>> gone;
    for (std::size_t i = 0; i < delta_.gone.size(); ++i) gone[live_[delta_.gone[i]].text].push_back(i);
    for (std::size_t i = 0; i < delta_.placed.size(); ++i) {
      const auto& rule = desired_[delta_.placed[i]];
      auto found = gone.find(rule.text);
      if (found == gone.end() || found->second.empty()) continue;
      auto from = found->second.front();
      found->second.pop_front();
      // As many rules that stay are above it, and in one gap the new ones stand above the old.
      bool is_up = delta_.placed[i] - i <= delta_.gone[from] - from;
      bool closes = ((before_.of(rule) | after_.of(rule)) & kCloses) != 0;
      bool as_new = is_up == closes;
      moves_[&rule] = moves_[&live_[delta_.gone[from]]] = as_new ? Stands::kAsNew : Stands::kAsOld;
    }
  }

  [[nodiscard]] std::optional<bool> moves_and_stands(const Rule& rule, Stands stands) const {
    auto found = moves_.find(&rule);
    if (found == moves_.end()) return std::nullopt;
    return found->second == stands;
  }

  // Between two rules that stay: the new ones that close, above the old ones that do.
  void close_gap(std::vector<Rule>& rules, std::vector<bool>& foreign) {
    auto add = [&](const Rule& rule) {
      rules.push_back(rule);
      foreign.push_back(false);
    };
    std::set<std::string> replaced;
    for (auto i : std::exchange(gap_, {})) {
      const auto& rule = desired_[delta_.placed[i]];
      auto moves = moves_and_stands(rule, Stands::kAsNew);
      if (moves.value_or(after_.of(rule) == kCloses))
        add(rule);
      else if (!moves)
        replaced.insert(without_comments(rule));
    }
    for (; gone_ < delta_.gone.size() && delta_.gone[gone_] == l_; ++gone_, ++l_) {
      const auto& rule = live_[l_];
      auto moves = moves_and_stands(rule, Stands::kAsOld);
      bool closes = (before_.of(rule) & kOpens) == 0;
      if (moves.value_or(closes || replaced.contains(without_comments(rule)))) add(rule);
    }
  }

  const ChainId& id_;
  const std::vector<Rule>& live_;
  const std::vector<Rule>& desired_;
  const Desired& all_;
  Effects& before_;
  Effects& after_;
  ChainDelta delta_;
  std::map<const Rule*, Stands> moves_;  // by both ends of the move
  std::size_t placed_ = 0;
  std::size_t gone_ = 0;
  std::size_t l_ = 0;
  std::vector<std::size_t> gap_;  // the new ones in it, as indexes of delta_.placed
};

}  // namespace

TableEffect effect_of_change(Family family, const Table* live, const Table& desired, const Desired& all) {
  TableEffect out;
  Effects before(live);
  Effects after(&desired);
  auto add = [&](Effect effect, bool comes) {
    if (effect == kBoth) out.is_divisible = false;
    unsigned turned = ((effect & kCloses) != 0 ? kOpens : 0U) | ((effect & kOpens) != 0 ? kCloses : 0U);
    out.effect |= comes ? effect : turned;
  };
  for (const auto& chain : desired.chains) {
    const auto* there = find_chain(live, chain.name);
    ChainId id{.family = family, .table = desired.name, .chain = chain.name};
    auto delta = delta_of_chain(rules_of(there), chain.rules, flags_of(all.foreign, id));
    for (auto i : delta.gone) add(before.of(there->rules[i]), false);
    for (auto i : delta.placed) add(after.of(chain.rules[i]), true);
    if (chain.policy && policy_of(there) != *chain.policy)
      out.effect |= *chain.policy == "ACCEPT" ? kOpens : kCloses;
  }
  return out;
}

Midway midway(Family family, const Table* live, const Table& desired, const Desired& all) {
  Midway out;
  out.table.name = desired.name;
  Effects before(live);
  Effects after(&desired);
  for (const auto& chain : desired.chains) {
    const auto* there = find_chain(live, chain.name);
    ChainId id{.family = family, .table = desired.name, .chain = chain.name};
    Chain half{.name = chain.name, .policy = chain.policy, .rules = {}};
    if (half.policy && policy_of(there) != "ACCEPT") half.policy = policy_of(there);
    std::vector<bool> foreign;
    if (there == nullptr) {
      // Nothing leads into a new chain yet but what is new itself.
      half.rules = chain.rules;
      foreign.assign(chain.rules.size(), false);
    } else {
      ChainHalf(id, there, chain, all, before, after).build(half.rules, foreign);
    }
    out.foreign.emplace(id, std::move(foreign));
    out.table.chains.push_back(std::move(half));
  }
  // A chain that shall go stays until the rules that lead to it have gone.
  if (live != nullptr)
    for (const auto& chain : live->chains)
      if (find_chain(&desired, chain.name) == nullptr) {
        out.table.chains.push_back(chain);
        out.foreign.emplace(ChainId{.family = family, .table = desired.name, .chain = chain.name},
                            std::vector<bool>(chain.rules.size(), true));
      }
  return out;
}

}  // namespace pyfw
