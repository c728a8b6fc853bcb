#include "plan/order.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <ranges>
#include <set>

#include "plan/effect.h"
#include "plan/walk.h"

namespace pyfw {
namespace {

struct Job {
  ChainId chain;
  Edit edit;
  Effect effect = kNone;
  unsigned hooks = 0;
  std::size_t position = kUnmet;  // where packets meet the rule
};

constexpr std::size_t kTranslation = kUnmet - 1;

const Rule& rule_of(const Edit& edit) {
  return std::visit([](const auto& one) -> const Rule& { return one.rule; }, edit);
}

// Packets to the host and packets through it never meet each other's rules.
bool same_packets(unsigned a, unsigned b) {
  auto only_input = [](unsigned hooks) { return (hooks & ~static_cast<unsigned>(kInput)) == 0; };
  auto only_forward = [](unsigned hooks) {
    return (hooks & ~static_cast<unsigned>(kForward | kPostrouting)) == 0;
  };
  return !(only_input(a) && only_forward(b)) && !(only_forward(a) && only_input(b));
}

bool meets_owner(unsigned hooks) { return (hooks & (kInput | kOutput | kPrerouting)) != 0; }

// Whether it does harm to make the edit `now` while `waiting`, in another chain, is still to come.
// Inserting, what waits must not stand before; deleting (positions of the old state), not behind.
bool harms(const Job& now, const Job& waiting, bool inserting) {
  if (now.chain == waiting.chain || now.chain.family != waiting.chain.family) return false;
  if (now.position == kUnmet || waiting.position == kUnmet) return false;
  if (inserting ? waiting.position > now.position : waiting.position < now.position) return false;
  if (!same_packets(now.hooks, waiting.hooks)) return false;
  auto opens = inserting ? kOpens : kCloses;
  auto closes = inserting ? kCloses : kOpens;
  if ((now.effect & opens) != 0 && (waiting.effect & closes) != 0) return true;
  return (now.effect & closes) != 0 && (waiting.effect & opens) != 0 && meets_owner(now.hooks) &&
         meets_owner(waiting.hooks);
}

// Pairs are compared by what matters of them only, so that ten thousand edits of one chain cost nothing:
// of each chain and effect, the edit that packets meet first (or last, where rules go).
bool is_safe(const std::vector<Job>& jobs, bool inserting) {
  std::map<std::pair<ChainId, Effect>, const Job*> waiting;
  for (const auto& job : jobs | std::views::reverse) {
    for (const auto& [key, other] : waiting)
      if (harms(job, *other, inserting)) return false;
    auto [at, added] = waiting.emplace(std::pair(job.chain, job.effect), &job);
    bool nearer = inserting ? job.position < at->second->position : job.position > at->second->position;
    if (!added && nearer) at->second = &job;
  }
  return true;
}

using Walks = std::array<Walk, 2>;

Job job_of(const ChainId& chain, PlacedEdit placed, const Walks& walks) {
  Job job{.chain = chain, .edit = std::move(placed.edit)};
  // The table nat lets nothing in and keeps nothing out; it leads packets to other rules, which shall be
  // in before it does.
  if (chain.table == "nat") {
    job.position = kTranslation;
    return job;
  }
  job.effect = effect_of(rule_of(job.edit));
  const auto& walk = walks[chain.family == Family::kIpv4 ? 0 : 1];
  auto found = walk.find(chain);
  if (found != walk.end()) {
    job.hooks = found->second.hooks;
    if (placed.rule_index < found->second.position.size())
      job.position = found->second.position[placed.rule_index];
  }
  return job;
}

std::vector<Step> steps_of(std::vector<Job> jobs) {
  std::vector<Step> steps;
  steps.reserve(jobs.size());
  for (auto& job : jobs)
    steps.emplace_back(EditRules{.chain = std::move(job.chain), .edit = std::move(job.edit)});
  return steps;
}

Walks walks_of(const State& state) { return {walk_of(state, Family::kIpv4), walk_of(state, Family::kIpv6)}; }

const ChainWalk* walk_at(const Walks& walks, const ChainId& id) {
  const auto& walk = walks[id.family == Family::kIpv4 ? 0 : 1];
  auto found = walk.find(id);
  return found == walk.end() ? nullptr : &found->second;
}

bool is_reached(const Walks& walks, const ChainId& id) {
  const auto* entry = walk_at(walks, id);
  return entry != nullptr && entry->hooks != 0;
}

// The chains that a change of jumps leads packets into, with all that can be reached from them.
void follow_jump(const State& state, ChainId id, std::set<ChainId>& led_into) {
  std::vector<std::string> waiting = {id.chain};
  while (!waiting.empty()) {
    id.chain = std::move(waiting.back());
    waiting.pop_back();
    const auto* chain = find_chain(state, id);
    if (chain == nullptr || !led_into.insert(id).second) continue;
    for (const auto& rule : chain->rules) waiting.push_back(target_of(rule));
  }
}

std::set<ChainId> chains_led_into(const std::vector<Job>& jobs, const State& state) {
  std::set<ChainId> led_into;
  for (const auto& job : jobs) {
    if (job.effect != kBoth) continue;
    auto id = job.chain;
    id.chain = target_of(rule_of(job.edit));
    follow_jump(state, id, led_into);
  }
  return led_into;
}

std::string caveat(const ChainId& id, std::string_view why) {
  return fmt::format(
      "chain {} of table {} {}: until all commands have run, packets may meet a verdict in it that is "
      "neither their old nor their new one",
      id.chain, id.table, why);
}

// Where no order of single commands is safe, for all that can be seen without looking at packets: rules
// go in while an old jump still leads to them, or an old rule still stands when a new jump leads to it; and
// a chain that is met several times, with a rule of the opposite effect between.
void find_caveats(const std::vector<Job>& early, const std::vector<Job>& late, const State& live,
                  const State& desired, const Walks& after, std::vector<std::string>& caveats) {
  auto by_old_jumps = chains_led_into(late, live);
  auto by_new_jumps = chains_led_into(early, desired);
  std::set<ChainId> told;
  auto tell = [&](const ChainId& id, std::string_view why) {
    if (told.insert(id).second) caveats.push_back(caveat(id, why));
  };
  for (const auto& job : early) {
    if (job.effect == kNone) continue;
    if (by_old_jumps.contains(job.chain)) tell(job.chain, "changes together with a jump to it");
    const auto* entry = walk_at(after, job.chain);
    if (entry == nullptr || entry->visits < 2) continue;
    bool guarded = std::ranges::any_of(early, [&](const Job& other) {
      return other.chain != job.chain && (other.effect | job.effect) == kBoth &&
             other.position > job.position && same_packets(job.hooks, other.hooks);
    });
    if (guarded) tell(job.chain, "is reached from several places");
  }
  for (const auto& job : late)
    if (job.effect != kNone && by_new_jumps.contains(job.chain))
      tell(job.chain, "changes together with a jump to it");
}

}  // namespace

OrderedEdits order_edits(const State& live, const State& desired, std::vector<ChainChange> changes) {
  OrderedEdits ordered;
  // With one chain there is nothing to order, and no need to walk all rules.
  if (changes.size() <= 1) {
    for (auto& change : changes) {
      for (auto& edit : change.edits.early)
        ordered.early.emplace_back(EditRules{.chain = change.chain, .edit = std::move(edit.edit)});
      for (auto& edit : change.edits.late)
        ordered.late.emplace_back(EditRules{.chain = change.chain, .edit = std::move(edit.edit)});
    }
    return ordered;
  }
  auto before = walks_of(live);
  auto after = walks_of(desired);
  std::vector<Job> unreached_yet;
  std::vector<Job> early;
  std::vector<Job> late;
  std::vector<Job> unreached_then;
  for (auto& change : changes) {
    bool free_now = !is_reached(before, change.chain) && find_chain(live, change.chain) != nullptr;
    bool free_then = !is_reached(after, change.chain);
    for (auto& edit : change.edits.early)
      (free_now    ? unreached_yet
       : free_then ? unreached_then
                   : early)
          .push_back(job_of(change.chain, std::move(edit), after));
    for (auto& edit : change.edits.late)
      (free_now    ? unreached_yet
       : free_then ? unreached_then
                   : late)
          .push_back(job_of(change.chain, std::move(edit), before));
  }
  auto as_met = [](const Job& job) { return std::pair(job.chain.family, job.position); };
  if (!is_safe(early, true)) std::ranges::stable_sort(early, {}, as_met);
  if (!is_safe(late, false)) std::ranges::stable_sort(late, std::ranges::greater(), as_met);
  find_caveats(early, late, live, desired, after, ordered.caveats);
  ordered.early = steps_of(std::move(unreached_yet));
  std::ranges::move(steps_of(std::move(early)), std::back_inserter(ordered.early));
  ordered.late = steps_of(std::move(late));
  std::ranges::move(steps_of(std::move(unreached_then)), std::back_inserter(ordered.late));
  return ordered;
}

}  // namespace pyfw
