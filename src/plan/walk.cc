#include "plan/walk.h"

#include <algorithm>
#include <array>
#include <set>
#include <string_view>

namespace pyfw {
namespace {

struct Hook {
  std::string_view chain;
  HookBit bit;
};
constexpr std::array<Hook, 5> kHooks = {{{"PREROUTING", kPrerouting},
                                         {"INPUT", kInput},
                                         {"FORWARD", kForward},
                                         {"OUTPUT", kOutput},
                                         {"POSTROUTING", kPostrouting}}};
// By priority, as in linux/netfilter_ipv4.h; that nat comes last at INPUT and POSTROUTING does not matter
// for filtering.
constexpr std::array<std::string_view, 5> kTables = {"raw", "mangle", "nat", "filter", "security"};

class Walker {
 public:
  Walker(const State& state, Family family) : state_(state), family_(family) {}

  Walk walk() {
    for (const auto& table : ruleset_of(state_, family_).tables)
      for (const auto& chain : table.chains) {
        auto& entry = walk_[ChainId{.family = family_, .table = table.name, .chain = chain.name}];
        entry.position.assign(chain.rules.size(), kUnmet);
      }
    for (const auto& hook : kHooks) {
      seen_.clear();
      for (auto table : kTables)
        if (const auto* in = find_table(ruleset_of(state_, family_), table))
          follow(*in, std::string(hook.chain), hook.bit, 0);
    }
    return std::move(walk_);
  }

 private:
  // The kernel nests user chains at most as deep as there are chains; a save file may claim more.
  static constexpr std::size_t kDeepest = 512;

  void follow(const Table& table, const std::string& name, unsigned hook, std::size_t depth) {
    const auto* chain = find_chain(&table, name);
    if (chain == nullptr || depth > kDeepest) return;
    ChainId id{.family = family_, .table = table.name, .chain = name};
    auto& entry = walk_[id];
    entry.hooks |= hook;
    entry.visits = std::min<std::size_t>(entry.visits + 1, 2);
    entry.last_visit = std::max(entry.last_visit, position_);
    if (!seen_.insert(id).second) return;
    for (std::size_t i = 0; i < chain->rules.size(); ++i) {
      ++position_;
      if (entry.position[i] == kUnmet) entry.position[i] = position_;
      auto target = target_of(chain->rules[i]);
      if (!target.empty() && !is_builtin(table.name, target)) follow(table, target, hook, depth + 1);
    }
  }

  const State& state_;
  Family family_;
  Walk walk_;
  std::set<ChainId> seen_;
  std::size_t position_ = 0;
};

}  // namespace

Walk walk_of(const State& state, Family family) { return Walker(state, family).walk(); }

}  // namespace pyfw
