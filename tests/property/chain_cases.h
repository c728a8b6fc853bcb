// Random chains, before and after: foreign rules that keep their order, rules of pyfw's own that come,
// go, change and move, some of them several times, and temporary ones that a killed run left.

#pragma once

#include <rapidcheck.h>

#include <algorithm>
#include <string>
#include <vector>

#include "nf/desired.h"

namespace pyfw {

struct ChainCase {
  std::vector<Rule> live;
  std::vector<Rule> desired;
  std::vector<bool> foreign;
  std::string live_policy;
  std::string desired_policy;
};

enum class Copies { kNever, kSometimes };

inline Rule rule_called(const std::string& name, unsigned variant) {
  static constexpr const char* kTargets[] = {"ACCEPT", "DROP", "RETURN", "LOG"};
  // The text decides what the rule does, so that one name and variant is always one rule.
  auto hash = std::hash<std::string>{}(name + std::to_string(variant)) >> 7U;
  char mark[8];
  std::snprintf(mark, sizeof mark, "0x%02x", static_cast<unsigned>(hash & 0xffU));
  return Rule{std::string("-m mark --mark ") + mark + " -m comment --comment " + name +
              std::to_string(variant) + " -j " + kTargets[(hash >> 8U) % 4]};
}

inline std::string policy_from(int coin) { return coin == 0 ? "ACCEPT" : "DROP"; }

inline ChainCase make_chain_case(Copies copies, int most) {
  ChainCase out;
  auto coin = [](int sides) { return *rc::gen::inRange(0, sides); };
  int foreign_count = coin(most);
  int pool = 1 + coin(most);
  auto own = [&](int i) { return rule_called("w" + std::to_string(i), 0); };
  std::vector<Rule> foreign;
  for (int i = 0; i < foreign_count; ++i)
    foreign.push_back(rule_called("f" + std::to_string(copies == Copies::kSometimes ? coin(3) : i), 0));
  auto mix = [&](std::vector<Rule> owned, std::vector<bool>* flags) {
    std::vector<Rule> mixed;
    std::size_t f = 0;
    std::size_t o = 0;
    while (f < foreign.size() || o < owned.size()) {
      bool take_foreign = o == owned.size() || (f < foreign.size() && coin(2) == 0);
      mixed.push_back(take_foreign ? foreign[f++] : owned[o++]);
      if (flags != nullptr) flags->push_back(take_foreign);
    }
    return mixed;
  };
  auto pick = [&] {
    std::vector<Rule> picked;
    for (int i = 0; i < pool; ++i) {
      int times = copies == Copies::kSometimes && coin(4) == 0 ? 2 : coin(3) == 0 ? 0 : 1;
      for (int k = 0; k < times; ++k) picked.push_back(own(i));
    }
    for (std::size_t i = picked.size(); i > 1; --i)
      std::swap(picked[i - 1], picked[static_cast<std::size_t>(coin(static_cast<int>(i)))]);
    return picked;
  };
  auto live_own = pick();
  if (copies == Copies::kSometimes && coin(3) == 0) live_own.push_back(temporary(own(coin(pool))));
  out.live = mix(live_own, nullptr);
  out.desired = mix(pick(), &out.foreign);
  out.live_policy = policy_from(coin(2));
  out.desired_policy = policy_from(coin(2));
  return out;
}

}  // namespace pyfw
