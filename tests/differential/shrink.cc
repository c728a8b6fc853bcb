#include "shrink.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "trial.h"

namespace pyfw::differential {
namespace {

// The verdict on the last packet; none where an earlier one differs already, or the host can't be built.
std::optional<Verdict> last_verdict(const Difference& difference) {
  auto trial = Trial::begin(difference.scenario);
  if (!trial) return {};
  std::optional<Verdict> out;
  for (const auto& shipment : difference.story) {
    if (out && out->difference) return {};
    auto verdict = trial->try_one(shipment);
    if (!verdict) return {};
    out = std::move(*verdict);
  }
  return out;
}

std::size_t size_of(const Difference& difference) {
  const auto& [topology, rulesets, sets] = difference.scenario;
  auto out = topology.lines.size() + topology.settings.size() + sets.size() + difference.story.size();
  for (const auto& set : sets) out += set.members.size();
  for (const auto& [id, ruleset] : rulesets)
    for (const auto& table : ruleset.tables)
      for (const auto& chain : table.chains) out += 1 + chain.rules.size();
  return out;
}

// Its first words: another kind of difference is another fault.
std::string kind_of(const std::optional<Verdict>& verdict) {
  if (!verdict || !verdict->difference) return {};
  return verdict->difference->substr(0, verdict->difference->find(' ', 8));
}

class Shrinker {
 public:
  Shrinker(Difference difference, int attempts)
      : kind_(kind_of(last_verdict(difference))), best_(std::move(difference)), attempts_(attempts) {}

  Difference run() {
    if (kind_.empty()) return std::move(best_);
    for (auto before = size_of(best_) + 1; size_of(best_) < before && attempts_ > 0;) {
      before = size_of(best_);
      take_rules();
      for (std::size_t i = 0; i < best_.scenario.sets.size(); ++i)
        take([i](Difference& of) { return &of.scenario.sets[i].members; });
      take([](Difference& of) { return &of.scenario.sets; });
      take([](Difference& of) { return &of.scenario.topology.settings; });
      // Of its addresses the host sends.
      take([](Difference& of) { return &of.scenario.topology.lines; },
           [](const std::string& line) { return !line.starts_with("addr "); });
    }
    return std::move(best_);
  }

 private:
  bool still_differs() {
    if (attempts_-- <= 0) return false;
    return kind_of(last_verdict(best_)) == kind_;
  }

  struct All {
    bool operator()(const auto& /*element*/) const { return true; }
  };

  // Takes out ever smaller runs of a list of the difference, as long as it differs without them; of them only
  // those elements that may go.
  template <typename GetList, typename MayGo = All>
  void take(const GetList& list, const MayGo& may_go = {}) {
    for (auto run = list(best_)->size(); run > 0; run /= 2)
      for (std::size_t at = 0; at < list(best_)->size() && attempts_ > 0;) {
        auto before = best_;
        auto& here = *list(best_);
        auto begin = here.begin() + static_cast<std::ptrdiff_t>(at);
        auto end = begin + static_cast<std::ptrdiff_t>(std::min(run, here.size() - at));
        here.erase(std::remove_if(begin, end, may_go), end);
        if (here.size() < list(before)->size() && still_differs()) continue;
        best_ = std::move(before);
        at += run;
      }
  }

  void take_rules() {
    std::vector<RulesetId> ids;
    for (const auto& [id, ruleset] : best_.scenario.rulesets) ids.push_back(id);
    for (auto id : ids) {
      auto tables = [id](Difference& of) { return &of.scenario.rulesets[id].tables; };
      take(tables);
      for (std::size_t table = 0; table < tables(best_)->size(); ++table) {
        auto chains = [=](Difference& of) { return &(*tables(of))[table].chains; };
        for (std::size_t chain = 0; chain < chains(best_)->size(); ++chain)
          take([=](Difference& of) { return &(*chains(of))[chain].rules; });
        take(chains, [](const Chain& chain) { return !chain.policy; });
      }
    }
  }

  std::string kind_;
  Difference best_;
  int attempts_;
};

}  // namespace

Difference shrink(Difference difference, int attempts) {
  return Shrinker(std::move(difference), attempts).run();
}

std::string reproducer(const Difference& difference) {
  auto out = in_words(difference.scenario);
  for (const auto& shipment : difference.story)
    out += fmt::format("packet: {}\n", in_words(shipment, difference.scenario.topology));
  auto verdict = last_verdict(difference);
  if (!verdict) return out + "(it could not be seen again)\n";
  return out + fmt::format("difference: {}\nthe kernel:\n{}the library:\n{}",
                           verdict->difference.value_or("none any more"), in_words(verdict->kernel),
                           verdict->told);
}

}  // namespace pyfw::differential
