#include "plan/order.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <ranges>

#include "base/contains.h"
#include "plan/walk.h"

namespace pyfw {
namespace {

// What a rule's presence can do to a packet that comes to it.
enum class Effect : std::uint8_t { kNone, kCloses, kOpens };

Effect effect_of(const Rule& rule) {
  constexpr std::array<std::string_view, 3> kClosing = {"DROP", "REJECT", "TARPIT"};
  constexpr std::array<std::string_view, 16> kHarmless = {"",     "LOG",      "NFLOG",     "ULOG",        "AUDIT",   "TRACE",
                                                          "TCPMSS", "CHECKSUM", "CLASSIFY", "TCPOPTSTRIP", "DSCP",   "TOS",
                                                          "TTL",  "HL",       "RATEEST",   "LED"};
  auto target = target_of(rule);
  if (contains(kClosing, target)) return Effect::kCloses;
  if (contains(kHarmless, target)) return Effect::kNone;
  return Effect::kOpens;
}

struct Job {
  ChainId chain;
  Edit edit;
  Effect effect = Effect::kNone;
  unsigned hooks = 0;
  std::size_t position = kUnmet;  // where packets meet the rule
};

const Rule& rule_of(const Edit& edit) {
  return std::visit([](const auto& one) -> const Rule& { return one.rule; }, edit);
}

// Packets to the host and packets through it never meet each other's rules.
bool same_packets(unsigned a, unsigned b) {
  auto only_input = [](unsigned hooks) { return (hooks & ~static_cast<unsigned>(kInput)) == 0; };
  auto only_forward = [](unsigned hooks) { return (hooks & ~static_cast<unsigned>(kForward | kPostrouting)) == 0; };
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
  auto opens = inserting ? Effect::kOpens : Effect::kCloses;
  auto closes = inserting ? Effect::kCloses : Effect::kOpens;
  if (now.effect == opens && waiting.effect == closes) return true;
  return now.effect == closes && waiting.effect == opens && meets_owner(now.hooks) && meets_owner(waiting.hooks);
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
  job.effect = effect_of(rule_of(job.edit));
  const auto& walk = walks[chain.family == Family::kIpv4 ? 0 : 1];
  auto found = walk.find(chain);
  if (found != walk.end()) {
    job.hooks = found->second.hooks;
    if (placed.rule_index < found->second.position.size()) job.position = found->second.position[placed.rule_index];
  }
  return job;
}

std::vector<Step> steps_of(std::vector<Job> jobs) {
  std::vector<Step> steps;
  steps.reserve(jobs.size());
  for (auto& job : jobs) steps.emplace_back(EditRules{.chain = std::move(job.chain), .edit = std::move(job.edit)});
  return steps;
}

Walks walks_of(const State& state) { return {walk_of(state, Family::kIpv4), walk_of(state, Family::kIpv6)}; }

// A chain that is met more than once has no one place in the order: another rule may stand before its
// second visit and behind its first.
void find_caveats(const std::vector<Job>& jobs, const Walks& walks, std::vector<std::string>& caveats) {
  for (const auto& job : jobs) {
    if (job.effect != Effect::kOpens) continue;
    const auto& entry = walks[job.chain.family == Family::kIpv4 ? 0 : 1].at(job.chain);
    if (entry.visits < 2) continue;
    bool guarded = std::ranges::any_of(jobs, [&](const Job& other) {
      return other.chain != job.chain && other.effect == Effect::kCloses && other.position > job.position &&
             other.position < entry.last_visit && same_packets(job.hooks, other.hooks);
    });
    if (!guarded) continue;
    caveats.push_back(fmt::format("chain {} of table {} is reached from several places: until all commands have run, "
                                  "packets may get through it that the new rules stop",
                                  job.chain.chain, job.chain.table));
    return;
  }
}

}  // namespace

OrderedEdits order_edits(const State& live, const State& desired, std::vector<ChainChange> changes) {
  // With one chain there is nothing to order, and no need to walk all rules.
  Walks before;
  Walks after;
  bool several = changes.size() > 1;
  if (several) {
    before = walks_of(live);
    after = walks_of(desired);
  }
  std::vector<Job> early;
  std::vector<Job> late;
  for (auto& change : changes) {
    for (auto& edit : change.edits.early) early.push_back(job_of(change.chain, std::move(edit), after));
    for (auto& edit : change.edits.late) late.push_back(job_of(change.chain, std::move(edit), before));
  }
  OrderedEdits ordered;
  if (several && !is_safe(early, true)) {
    // A chain that nothing reaches is filled first.
    std::ranges::stable_sort(early, {}, [](const Job& job) { return job.position == kUnmet ? 0 : job.position; });
    find_caveats(early, after, ordered.caveats);
  }
  if (several && !is_safe(late, false))
    std::ranges::stable_sort(late, std::ranges::greater(), [](const Job& job) { return job.position; });
  ordered.early = steps_of(std::move(early));
  ordered.late = steps_of(std::move(late));
  return ordered;
}

}  // namespace pyfw
