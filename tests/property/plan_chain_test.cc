#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <deque>
#include <set>

#include "base/strings.h"
#include "plan/commands.h"
#include "tests/property/chain_cases.h"
#include "tests/property/packets.h"
#include "tests/property/simulate.h"

namespace pyfw {
namespace {

const ChainId kInputChain{.family = Family::kIpv4, .table = "filter", .chain = "INPUT"};

State state_with(const std::vector<Rule>& rules, const std::string& policy) {
  State state;
  auto& chain = ensure_chain(state.iptables, "filter", "INPUT");
  chain.rules = rules;
  chain.policy = policy;
  return state;
}

struct Scene {
  State live;
  Desired desired;
};

Scene scene_of(const ChainCase& sample) {
  Scene scene{.live = state_with(sample.live, sample.live_policy), .desired = {}};
  scene.desired.state = state_with(sample.desired, sample.desired_policy);
  scene.desired.foreign.emplace(kInputChain, sample.foreign);
  return scene;
}

std::vector<std::vector<std::string>> flat(const std::vector<CommandGroup>& groups) {
  std::vector<std::vector<std::string>> out;
  for (const auto& group : groups) out.insert(out.end(), group.commands.begin(), group.commands.end());
  return out;
}

void show(const ChainCase& sample, const std::vector<CommandGroup>& groups) {
  for (const auto& rule : sample.live) RC_LOG() << "live    " << rule.text << "\n";
  for (std::size_t i = 0; i < sample.desired.size(); ++i)
    RC_LOG() << "desired " << sample.desired[i].text << (sample.foreign[i] ? "   (foreign)" : "") << "\n";
  RC_LOG() << print_commands(groups);
}

RC_GTEST_PROP(MakePlan, EndsInTheDesiredStateFromAnyState, ()) {
  auto sample = make_chain_case(Copies::kSometimes, 7);
  auto scene = scene_of(sample);
  auto groups = *commands_of(make_plan(scene.live, scene.desired));
  show(sample, groups);
  for (const auto& command : flat(groups)) {
    auto done = simulate(scene.live, command);
    RC_ASSERT(done.has_value());
  }
  for (const auto& rule : find_chain(scene.live.iptables, "filter", "INPUT")->rules)
    RC_LOG() << "ended   " << rule.text << "\n";
  RC_ASSERT(scene.live == scene.desired.state);
}

RC_GTEST_PROP(MakePlan, NeverTouchesAForeignRule, ()) {
  auto sample = make_chain_case(Copies::kSometimes, 7);
  auto scene = scene_of(sample);
  std::set<std::string> foreign;
  for (std::size_t i = 0; i < sample.desired.size(); ++i)
    if (sample.foreign[i]) foreign.insert(sample.desired[i].text);
  for (const auto& step : make_plan(scene.live, scene.desired).steps) {
    const auto* edit = std::get_if<EditRules>(&step);
    if (edit == nullptr) continue;
    auto text = std::visit([](const auto& one) { return one.rule.text; }, edit->edit);
    RC_ASSERT(!foreign.contains(text));
  }
}

// What a run that was killed after any command leaves is a state from which the next run completes.
RC_GTEST_PROP(MakePlan, CompletesWhatARunThatWasKilledLeft, ()) {
  auto sample = make_chain_case(Copies::kNever, 6);
  auto scene = scene_of(sample);
  auto commands = flat(*commands_of(make_plan(scene.live, scene.desired)));
  if (commands.empty()) return;
  auto killed_after = *rc::gen::inRange<std::size_t>(0, commands.size());
  show(sample, {});
  for (std::size_t i = 0; i < killed_after; ++i) RC_LOG() << shell_quote_all(commands[i]) << "\n";
  RC_LOG() << "killed\n";
  for (std::size_t i = 0; i < killed_after; ++i) RC_ASSERT(simulate(scene.live, commands[i]).has_value());
  auto rest = flat(*commands_of(make_plan(scene.live, scene.desired)));
  for (const auto& command : rest) RC_LOG() << shell_quote_all(command) << "\n";
  for (const auto& command : rest) RC_ASSERT(simulate(scene.live, command).has_value());
  RC_ASSERT(scene.live == scene.desired.state);
}

// The fewest insertions, deletions and moves, found by trying all: breadth first over every sequence of
// edits that leave foreign rules alone.
std::size_t fewest_edits(const ChainCase& sample) {
  std::set<std::string> foreign;
  for (std::size_t i = 0; i < sample.desired.size(); ++i)
    if (sample.foreign[i]) foreign.insert(sample.desired[i].text);
  using Texts = std::vector<std::string>;
  auto texts_of = [](const std::vector<Rule>& rules) {
    Texts texts;
    for (const auto& rule : rules) texts.push_back(rule.text);
    return texts;
  };
  auto goal = texts_of(sample.desired);
  std::set<Texts> seen = {texts_of(sample.live)};
  std::deque<std::pair<Texts, std::size_t>> queue = {{texts_of(sample.live), 0}};
  while (!queue.empty()) {
    auto [now, edits] = queue.front();
    queue.pop_front();
    if (now == goal) return edits;
    auto visit = [&](Texts next) {
      if (seen.insert(next).second) queue.emplace_back(std::move(next), edits + 1);
    };
    for (std::size_t i = 0; i < now.size(); ++i) {
      if (foreign.contains(now[i])) continue;
      auto without = now;
      without.erase(without.begin() + static_cast<std::ptrdiff_t>(i));
      visit(without);
      for (std::size_t to = 0; to <= without.size(); ++to) {
        auto moved = without;
        moved.insert(moved.begin() + static_cast<std::ptrdiff_t>(to), now[i]);
        visit(std::move(moved));
      }
    }
    for (const auto& text : goal) {
      if (std::ranges::find(now, text) != now.end()) continue;
      for (std::size_t to = 0; to <= now.size(); ++to) {
        auto more = now;
        more.insert(more.begin() + static_cast<std::ptrdiff_t>(to), text);
        visit(std::move(more));
      }
    }
  }
  return 0;
}

RC_GTEST_PROP(MakePlan, IsTheFewestEditsThatLeaveForeignRulesAlone, ()) {
  auto sample = make_chain_case(Copies::kNever, 4);
  sample.desired_policy = sample.live_policy;
  auto scene = scene_of(sample);
  auto plan = make_plan(scene.live, scene.desired);
  show(sample, *commands_of(plan));
  RC_ASSERT(plan.steps.size() == fewest_edits(sample));
}

// The heart of it: whoever is let in by both states is let in by every state between, and whoever is let
// in by neither never is.
RC_GTEST_PROP(MakePlan, GivesEachPacketItsOldOrItsNewVerdictAtEveryStep, ()) {
  auto sample = make_chain_case(Copies::kNever, 8);
  auto scene = scene_of(sample);
  auto plan = make_plan(scene.live, scene.desired);
  if (!plan.caveats.empty()) return;
  auto groups = *commands_of(plan);
  show(sample, groups);
  auto now = scene.live;
  for (const auto& command : flat(groups)) {
    RC_ASSERT(simulate(now, command).has_value());
    RC_LOG() << shell_quote_all(command) << "\n";
    for (std::size_t packet = 0; packet < kPackets; ++packet) {
      auto verdict = walk(now.iptables, "INPUT", packet);
      bool known = verdict == walk(scene.live.iptables, "INPUT", packet) ||
                   verdict == walk(scene.desired.state.iptables, "INPUT", packet);
      RC_LOG() << "packet " << packet << "\n";
      RC_ASSERT(known);
    }
  }
}

}  // namespace
}  // namespace pyfw
