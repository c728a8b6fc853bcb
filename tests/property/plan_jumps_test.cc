#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

#include "base/strings.h"
#include "plan/commands.h"
#include "tests/property/packets.h"
#include "tests/property/simulate.h"

namespace pyfw {
namespace {

int coin(int sides) { return *rc::gen::inRange(0, sides); }

// Rulesets of INPUT, FORWARD and four user chains with jumps. A chain jumps only to chains behind it in
// `order`, which is no order of names; `twice` says whether a chain may be jumped to from several places.
struct Chains {
  std::vector<std::string> order = {"A", "B", "C", "D"};
  bool twice = false;

  State state() {
    State out;
    std::vector<std::string> reachable = order;
    auto fill = [&](const std::string& name, std::size_t from) {
      auto& chain = ensure_chain(out.iptables, "filter", name);
      if (chain.policy) chain.policy = coin(2) == 0 ? "ACCEPT" : "DROP";
      int rules = coin(4);
      for (int i = 0; i < rules; ++i) chain.rules.push_back(rule(from, reachable));
    };
    fill("INPUT", 0);
    fill("FORWARD", 0);
    for (std::size_t i = 0; i < order.size(); ++i) fill(order[i], i + 1);
    return out;
  }

 private:
  Rule rule(std::size_t from, std::vector<std::string>& reachable) const {
    char mark[8];
    std::snprintf(mark, sizeof mark, "0x%02x", static_cast<unsigned>(coin(256)));
    static const std::vector<std::string> kTargets = {"ACCEPT", "DROP", "RETURN", "LOG"};
    auto target = kTargets[static_cast<std::size_t>(coin(4))];
    if (coin(2) == 0 && from < order.size()) {
      auto wanted = order[from + static_cast<std::size_t>(coin(static_cast<int>(order.size() - from)))];
      auto free = std::ranges::find(reachable, wanted);
      if (twice || free != reachable.end()) target = wanted;
      if (free != reachable.end()) reachable.erase(free);
    }
    return Rule{std::string("-m mark --mark ") + mark + " -m comment --comment r" + std::to_string(coin(6)) +
                " -j " + target};
  }
};

struct Transition {
  State live;
  Desired desired;
};

Transition transition(bool twice) {
  Chains chains{.twice = twice};
  for (std::size_t i = chains.order.size(); i > 1; --i)
    std::swap(chains.order[i - 1], chains.order[static_cast<std::size_t>(coin(static_cast<int>(i)))]);
  Transition out;
  out.live = chains.state();
  out.desired.state = chains.state();
  // Some chains stay as they are, as most do on a real host.
  for (auto& table : out.desired.state.iptables.tables)
    for (auto& chain : table.chains)
      if (coin(3) == 0) chain = *find_chain(out.live.iptables, "filter", chain.name);
  return out;
}

void walk_through(const Transition& change) {
  auto plan = make_plan(change.live, change.desired);
  RC_CLASSIFY(!plan.caveats.empty(), "with a caveat");
  if (!plan.caveats.empty()) return;
  auto groups = *commands_of(plan);
  for (const auto& [id, chain] : chains_of(change.live))
    for (const auto& rule : chain->rules) RC_LOG() << "live    " << id.chain << " " << rule.text << "\n";
  for (const auto& [id, chain] : chains_of(change.desired.state))
    for (const auto& rule : chain->rules) RC_LOG() << "desired " << id.chain << " " << rule.text << "\n";
  auto now = change.live;
  for (const auto& group : groups) {
    for (const auto& command : group.commands) {
      RC_ASSERT(simulate(now, command).has_value());
      RC_LOG() << shell_quote_all(command) << "\n";
      for (std::size_t packet = 0; packet < kPackets; ++packet) {
        for (const char* hook : {"INPUT", "FORWARD"}) {
          auto before = walk(change.live.iptables, hook, packet);
          auto after = walk(change.desired.state.iptables, hook, packet);
          auto verdict = walk(now.iptables, hook, packet);
          RC_LOG() << hook << " packet " << packet << "\n";
          if (before == Verdict::kDrop && after == Verdict::kDrop) RC_ASSERT(verdict == Verdict::kDrop);
          bool owner = std::string_view(hook) == "INPUT";
          if (owner && before == Verdict::kAccept && after == Verdict::kAccept)
            RC_ASSERT(verdict == Verdict::kAccept);
        }
      }
    }
  }
  RC_ASSERT(now == change.desired.state);
}

RC_GTEST_PROP(MakePlan, WithJumpsIsNeverMoreOpenThanBothStatesOrSaysSo, ()) {
  walk_through(transition(false));
}

RC_GTEST_PROP(MakePlan, WithChainsMetTwiceIsNeverMoreOpenOrSaysSo, ()) { walk_through(transition(true)); }

}  // namespace
}  // namespace pyfw
