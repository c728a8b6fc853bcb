// Long runs of rules that come to stand one behind the other, between rules that stay and in place of rules
// that go, in two chains: whichever way round they are given, they end up in their order.

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

#include "plan/way.h"
#include "tests/property/apply_commit.h"

namespace pyfw {
namespace {

int coin(int sides) { return *rc::gen::inRange(0, sides); }

struct Change {
  State live;
  Desired desired;
  int rules = 0;

  // `head`: how many rules stay above all others.
  void add_chain(const std::string& name, std::size_t head) {
    Part part{.live = ensure_chain(live.iptables, "filter", name).rules,
              .desired = ensure_chain(desired.state.iptables, "filter", name).rules,
              .foreign = desired.foreign[{.family = Family::kIpv4, .table = "filter", .chain = name}]};
    bool are_foreign = coin(2) == 0;
    for (std::size_t i = 0; i < head; ++i) stay(part, are_foreign);
    for (int gap = 1 + coin(3); gap > 0; --gap) {
      // Around the length from which a run is turned; and so many that nft deletes them by handle.
      for (int i = *rc::gen::element(0, 0, 1, 400); i > 0; --i) part.live.push_back(another());
      for (int i = *rc::gen::element(0, 1, 63, 64, 65, 66, 150); i > 0; --i) {
        part.desired.push_back(another());
        part.foreign.push_back(false);
      }
      if (gap > 1 || coin(2) == 0) stay(part, are_foreign);
    }
  }

 private:
  struct Part {
    std::vector<Rule>& live;
    std::vector<Rule>& desired;
    std::vector<bool>& foreign;
  };

  Rule another() { return Rule{"-m mark --mark " + std::to_string(++rules) + " -j DROP"}; }

  void stay(Part& part, bool is_foreign) {
    part.live.push_back(another());
    part.desired.push_back(part.live.back());
    part.foreign.push_back(is_foreign);
  }
};

bool has_turned_run(const Commit& commit) {
  const auto* table = std::get_if<TableCommit>(&commit);
  if (table == nullptr) return false;
  auto at_one_place = [](const TableLine& a, const TableLine& b) {
    return a.kind == TableLine::Kind::kInsert && b.kind == a.kind && a.chain == b.chain && a.at == b.at;
  };
  return std::ranges::adjacent_find(table->lines, at_one_place) != table->lines.end();
}

bool deletes_by_handle(const Commit& commit) { return std::holds_alternative<HandleCommit>(commit); }

RC_GTEST_PROP(FindWay, OfLongRunsOfNewRulesEndsInTheDesiredState, ()) {
  Change change;
  change.add_chain("INPUT", static_cast<std::size_t>(coin(3)));
  // Where the first chain ends, the second may go on counting.
  auto length = find_chain(change.desired.state.iptables, "filter", "INPUT")->rules.size();
  change.add_chain("FORWARD", coin(2) == 0 ? length : 0);
  auto way = find_way(change.live, change.desired, coin(2) == 0 ? Backend::kNft : Backend::kLegacy);
  RC_CLASSIFY(std::ranges::any_of(way.commits, has_turned_run), "with a turned run");
  RC_CLASSIFY(std::ranges::any_of(way.commits, deletes_by_handle), "with deletes by handle");
  auto now = change.live;
  for (const auto& commit : way.commits)
    if (auto done = apply_commit(now, commit, [](const State&) {}); !done) RC_FAIL(done.error().message);
  RC_ASSERT(now == change.desired.state);
}

}  // namespace
}  // namespace pyfw
