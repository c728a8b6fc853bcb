#include "plan/midway.h"

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
        delta_(delta_of_chain(live_, desired_, flags_of(all.foreign, id))) {}

  void build(std::vector<Rule>& rules, std::vector<bool>& foreign) {
    for (std::size_t d = 0; d <= desired_.size(); ++d) {
      if (d < desired_.size() && placed_ < delta_.placed.size() && delta_.placed[placed_] == d) {
        ++placed_;
        gap_.push_back(&desired_[d]);
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
  // Between two rules that stay: the new ones that close, above the old ones that do.
  void close_gap(std::vector<Rule>& rules, std::vector<bool>& foreign) {
    std::set<std::string> replaced;
    for (const auto* rule : gap_) {
      if (after_.of(*rule) != kCloses) {
        replaced.insert(without_comments(*rule));
        continue;
      }
      rules.push_back(*rule);
      foreign.push_back(false);
    }
    gap_.clear();
    for (; gone_ < delta_.gone.size() && delta_.gone[gone_] == l_; ++gone_, ++l_) {
      const auto& rule = live_[l_];
      if ((before_.of(rule) & kOpens) != 0 && !replaced.contains(without_comments(rule))) continue;
      rules.push_back(rule);
      foreign.push_back(false);
    }
  }

  const ChainId& id_;
  const std::vector<Rule>& live_;
  const std::vector<Rule>& desired_;
  const Desired& all_;
  Effects& before_;
  Effects& after_;
  ChainDelta delta_;
  std::size_t placed_ = 0;
  std::size_t gone_ = 0;
  std::size_t l_ = 0;
  std::vector<const Rule*> gap_;
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
