#include "judge.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/strings.h"

namespace pyfw::races {
namespace {

using Texts = std::vector<std::string>;

Texts texts_of(const State& state, const std::string& table, const std::string& chain) {
  Texts texts;
  if (const auto* found = find_chain(state.iptables, table, chain))
    for (const auto& rule : found->rules) texts.push_back(rule.text);
  return texts;
}

std::string in_words(const Texts& there, const Texts& wanted) {
  return fmt::format("there is\n    {}\n  and should be\n    {}", join(there, "\n    "),
                     join(wanted, "\n    "));
}

void judge_rival(const std::string& chain, const Texts& there, const std::vector<StandingRule>& standing,
                 Judgement& judgement) {
  Texts found;
  std::ranges::copy_if(there, std::back_inserter(found),
                       [](const auto& text) { return serial_in(text).has_value(); });
  Texts wanted;
  for (const auto& rule : standing) wanted.push_back(text_of(chain, rule.serial));
  std::multiset<std::string> extra(found.begin(), found.end());
  std::multiset<std::string> missing(wanted.begin(), wanted.end());
  for (const auto& text : wanted)
    if (auto at = extra.find(text); at != extra.end()) extra.erase(at);
  for (const auto& text : found)
    if (auto at = missing.find(text); at != missing.end()) missing.erase(at);
  for (const auto& text : missing) judgement.lost.push_back(fmt::format("{}: gone: {}", chain, text));
  for (const auto& text : extra) judgement.lost.push_back(fmt::format("{}: came back: {}", chain, text));
  if (!missing.empty() || !extra.empty()) return;
  // Those that a ~match may move have no order of the rival's any more.
  std::erase_if(found, may_be_matched);
  std::erase_if(wanted, may_be_matched);
  if (found != wanted) judgement.lost.push_back(fmt::format("{}: moved: {}", chain, in_words(found, wanted)));
}

// The rules that were seen, with ours at the places that the wish says.
Texts wanted_rules(const WishedRules& wished, const Texts& seen) {
  auto has = [&](WishedItem::Kind kind) {
    return std::ranges::find(wished.items, kind, &WishedItem::kind) != wished.items.end();
  };
  bool matches = has(WishedItem::Kind::kMatch);
  Texts matched;
  Texts rest;
  for (const auto& text : seen)
    if (serial_in(text)) (matches && may_be_matched(text) ? matched : rest).push_back(text);
  Texts wanted;
  for (const auto& item : wished.items) {
    switch (item.kind) {
      case WishedItem::Kind::kOurs: wanted.push_back(item.text); break;
      case WishedItem::Kind::kMatch: wanted.insert(wanted.end(), matched.begin(), matched.end()); break;
      case WishedItem::Kind::kRest: wanted.insert(wanted.end(), rest.begin(), rest.end()); break;
    }
  }
  if (!has(WishedItem::Kind::kRest)) wanted.insert(wanted.end(), rest.begin(), rest.end());
  return wanted;
}

void judge_ours(const State& state, const Standing& standing, const Fulfilled& fulfilled,
                Judgement& judgement) {
  auto& wrong = judgement.misplaced;
  for (const auto& wished : fulfilled.wish.chains) {
    std::set<std::uint64_t> later;
    if (auto rules = standing.find(wished.chain); rules != standing.end())
      for (const auto& rule : rules->second)
        if (rule.since >= fulfilled.seen) later.insert(rule.serial);
    auto seen = texts_of(state, wished.table, wished.chain);
    std::erase_if(seen, [&](const auto& text) {
      auto serial = serial_in(text);
      return serial && later.contains(*serial);
    });
    if (auto wanted = wanted_rules(wished, seen); seen != wanted)
      wrong.push_back(fmt::format("{}: {}", wished.chain, in_words(seen, wanted)));
    const auto* chain = find_chain(state.iptables, wished.table, wished.chain);
    auto policy = wished.policy.empty() ? "ACCEPT" : wished.policy;
    if (chain != nullptr && chain->policy && *chain->policy != policy)
      wrong.push_back(
          fmt::format("{}: the policy is {} and should be {}", wished.chain, *chain->policy, policy));
  }
  if ((find_chain(state.iptables, "filter", kOwnChain) != nullptr) != fulfilled.wish.has_own_chain)
    wrong.push_back(
        fmt::format("{}: {}", kOwnChain, fulfilled.wish.has_own_chain ? "is not there" : "is still there"));
  const auto* set = find_set(state.sets, kSet);
  if ((set != nullptr) != fulfilled.wish.members.has_value()) {
    wrong.push_back(fmt::format("{}: {}", kSet, set == nullptr ? "is not there" : "is still there"));
  } else if (set != nullptr) {
    auto there = set->members;
    auto wanted = *fulfilled.wish.members;
    std::ranges::sort(there);
    std::ranges::sort(wanted);
    if (there != wanted) wrong.push_back(fmt::format("{}: {}", kSet, in_words(there, wanted)));
  }
}

}  // namespace

Judgement judge(const State& state, const Standing& standing, const std::optional<Fulfilled>& fulfilled) {
  Judgement judgement;
  for (const auto& [chain, rules] : standing)
    judge_rival(chain, texts_of(state, "filter", chain), rules, judgement);
  if (fulfilled) judge_ours(state, standing, *fulfilled, judgement);
  return judgement;
}

}  // namespace pyfw::races
