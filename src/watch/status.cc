#include "watch/status.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace pyfw {
namespace {

using Kind = RuleWish::Kind;

// What a plan would put in or move, by chain and text, and what else it would change.
struct Drifted {
  std::set<std::pair<ChainId, std::string>> rules;
  std::set<ChainId> policies;
  std::set<std::string> sets;
};

Drifted drifted_in(const Description& description) {
  Drifted drifted;
  for (const auto& chain : description.chains) {
    for (const auto& line : chain.lines)
      if (line.kind != RuleLine::Kind::kKept && line.kind != RuleLine::Kind::kRemoved)
        drifted.rules.emplace(chain.id, line.rule.text);
    if (chain.policy) drifted.policies.insert(chain.id);
  }
  for (const auto& set : description.sets) drifted.sets.insert(set.name);
  return drifted;
}

std::optional<Counters> sum_of_counters(const ChainId& id, const WrittenRule& rule,
                                        const RuleCounters& counters) {
  std::optional<Counters> sum;
  for (const auto& spelled : rule.spelled) {
    auto found = counters.find({id, spelled.text});
    if (found == counters.end()) continue;
    if (!sum) sum = Counters();
    sum->packets += found->second.packets;
    sum->bytes += found->second.bytes;
  }
  return sum;
}

WishStatus status_of_rule(const ChainId& id, const RuleWish& wish, const WrittenRule& written,
                          const Drifted& drifted, const RuleCounters& counters) {
  WishStatus status{.kind = WishStatus::Kind::kRule,
                    .chain = id,
                    .name = wish.kind == Kind::kNamed ? wish.name.text : wish.text.text,
                    .place = where(written.place),
                    .left_out = written.left_out};
  status.holds = std::ranges::none_of(
      written.spelled, [&](const Rule& rule) { return drifted.rules.contains({id, rule.text}); });
  if (written.left_out.empty()) status.counted = sum_of_counters(id, written, counters);
  return status;
}

}  // namespace

std::string one_line(const Error& error) {
  return error.place ? fmt::format("{}: {}", where(*error.place), error.message) : error.message;
}

std::vector<std::string> remarks_of(const Outlook& outlook) {
  std::set<std::string> of_rules;
  for (const auto& warning : warnings_of(outlook.written)) of_rules.insert(render(warning));
  std::vector<std::string> remarks;
  for (const auto& warning : outlook.warnings)
    if (!of_rules.contains(render(warning))) remarks.push_back(one_line(warning));
  return remarks;
}

std::vector<WishStatus> status_of(const Outlook& outlook, const RuleCounters& counters) {
  auto drifted = drifted_in(describe(outlook));
  std::vector<WishStatus> all;
  for (const auto& [id, chain] : outlook.wishes.chains) {
    if (chain.default_action)
      all.push_back({.kind = WishStatus::Kind::kPolicy,
                     .chain = id,
                     .name = chain.default_action->text,
                     .place = where(chain.default_action->place),
                     .holds = !drifted.policies.contains(id)});
    const auto& written = outlook.written.at(id);
    for (std::size_t i = 0; i < chain.rules.size(); ++i)
      if (chain.rules[i].kind == Kind::kNamed || chain.rules[i].kind == Kind::kUnnamed)
        all.push_back(status_of_rule(id, chain.rules[i], written[i], drifted, counters));
  }
  for (const auto& [name, wish] : outlook.wishes.sets)
    all.push_back({.kind = WishStatus::Kind::kSet,
                   .name = name,
                   .place = where(wish.place),
                   .holds = !drifted.sets.contains(name)});
  return all;
}

}  // namespace pyfw
