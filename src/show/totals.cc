#include "show/totals.h"

#include <fmt/format.h>

#include <initializer_list>
#include <string_view>
#include <vector>

#include "base/strings.h"

namespace pyfw {
namespace {

struct Part {
  std::size_t number;
  std::string_view what;
};

// "3 rules new, 1 moved": the noun stands once.
std::string clause(std::string_view one, std::string_view many, std::initializer_list<Part> parts) {
  std::string out;
  for (auto [number, what] : parts) {
    if (number == 0) continue;
    out += out.empty() ? fmt::format("{} {}", counted(number, one, many), what)
                       : fmt::format(", {} {}", with_commas(number), what);
  }
  return out;
}

void count_rules(const ChainDescription& chain, Totals& totals) {
  for (const auto& line : chain.lines) {
    switch (line.kind) {
      case RuleLine::Kind::kKept: break;
      case RuleLine::Kind::kInserted: ++totals.rules_new; break;
      case RuleLine::Kind::kRemoved: ++totals.rules_gone; break;
      case RuleLine::Kind::kMoved: ++totals.rules_moved; break;
      case RuleLine::Kind::kReplaced: ++totals.rules_changed; break;
    }
  }
}

void count_set(const SetDescription& set, Totals& totals) {
  if (!set.before) ++totals.sets_new;
  if (!set.after) ++totals.sets_gone;
  if (set.is_replaced()) ++totals.sets_replaced;
  if (!set.order.empty()) ++totals.sets_reordered;
  totals.members_in += set.added.size();
  totals.members_out += set.removed.size();
  totals.members_changed += set.changed.size();
  if (!set.added.empty() || !set.removed.empty() || !set.changed.empty()) ++totals.sets_with_members;
}

}  // namespace

std::string with_commas(std::size_t number) {
  auto digits = std::to_string(number);
  for (auto at = digits.size(); at > 3; at -= 3) digits.insert(at - 3, 1, ',');
  return digits;
}

std::string counted(std::size_t number, std::string_view one, std::string_view many) {
  return fmt::format("{} {}", with_commas(number), number == 1 ? one : many);
}

Totals count(const Description& description) {
  Totals totals;
  for (const auto& chain : description.chains) {
    count_rules(chain, totals);
    if (chain.policy) ++totals.policies;
    if (chain.is_new) ++totals.chains_new;
    if (chain.is_removed) ++totals.chains_gone;
  }
  for (const auto& set : description.sets) count_set(set, totals);
  return totals;
}

std::string totals_of(const Description& description) {
  auto t = count(description);
  auto members = clause("member", "members",
                        {{t.members_in, "in"}, {t.members_out, "out"}, {t.members_changed, "changed"}});
  if (!members.empty()) members += fmt::format(" ({})", counted(t.sets_with_members, "set", "sets"));
  std::vector<std::string> clauses;
  for (auto& some : {clause("rule", "rules",
                            {{t.rules_new, "new"},
                             {t.rules_changed, "changed"},
                             {t.rules_moved, "moved"},
                             {t.rules_gone, "gone"}}),
                     t.policies == 0 ? std::string() : counted(t.policies, "policy", "policies"),
                     clause("chain", "chains", {{t.chains_new, "new"}, {t.chains_gone, "gone"}}),
                     clause("set", "sets",
                            {{t.sets_new, "new"},
                             {t.sets_replaced, "replaced"},
                             {t.sets_reordered, "reordered"},
                             {t.sets_gone, "gone"}}),
                     members})
    if (!some.empty()) clauses.push_back(some);
  return clauses.empty() ? "nothing" : join(clauses, "; ");
}

}  // namespace pyfw
