#include "ask/wish_places.h"

#include <algorithm>

#include "nf/rule.h"

namespace pyfw {
namespace {

// As resolving has it: by its name, or by its text.
bool fulfils(const Rule& rule, const RuleWish& wish, const WrittenRule& written) {
  if (wish.kind == RuleWish::Kind::kNamed) return bears_name(rule, wish.name.text);
  if (wish.kind != RuleWish::Kind::kUnnamed) return false;
  return std::ranges::any_of(written.spelled,
                             [&](const Rule& one) { return rule_key(one) == rule_key(rule); });
}

}  // namespace

std::optional<WishedRule> WishPlaces::of(const TracedHost& host, const RuleRef& ref) const {
  const auto& chain = host.chain(ref.chain);
  ChainId id{.family = chain.family, .table = chain.table, .chain = chain.name};
  auto wished = wishes_.chains.find(id);
  if (chain.backend != backend_ || wished == wishes_.chains.end()) return std::nullopt;
  const auto& rule = host.rule(ref);
  if (desired_.is_foreign(id, ref.rule) || desired_.is_matched(id, rule)) return std::nullopt;
  const auto& wishes = wished->second.rules;
  const auto& written = written_.at(id);
  for (std::size_t i = 0; i < wishes.size(); ++i)
    if (fulfils(rule, wishes[i], written[i]))
      return WishedRule{.name = wishes[i].name.text, .place = written[i].place};
  return std::nullopt;
}

}  // namespace pyfw
