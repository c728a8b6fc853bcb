#include "engine/backends.h"

#include <fmt/format.h>

#include <algorithm>

namespace pyfw {
namespace {

template <typename Holds>
bool any_chain(const BackendRules& state, Holds holds) {
  for (auto family : kFamilies)
    for (const auto& table : ruleset_of(state, family).tables)
      for (const auto& chain : table.chains)
        if (holds(table, chain)) return true;
  return false;
}

bool has_docker(const BackendRules& state) {
  return any_chain(state, [](const Table&, const Chain& chain) { return chain.name == "DOCKER"; });
}

Backend other_than(Backend backend) { return backend == Backend::kNft ? Backend::kLegacy : Backend::kNft; }

}  // namespace

bool is_of_consequence(const BackendRules& state) {
  return any_chain(state, [](const Table& table, const Chain& chain) {
    return !chain.rules.empty() || !is_builtin(table.name, chain.name) ||
           chain.policy.value_or("ACCEPT") != "ACCEPT";
  });
}

Result<BackendChoice> choose_backend(const BackendRules& nft, const BackendRules& legacy, Backend usual) {
  bool nft_matters = is_of_consequence(nft);
  bool legacy_matters = is_of_consequence(legacy);
  if (!nft_matters && !legacy_matters)
    return BackendChoice{.backend = usual, .why = "there are no rules yet, and `iptables` means it"};
  if (nft_matters != legacy_matters)
    return BackendChoice{.backend = nft_matters ? Backend::kNft : Backend::kLegacy,
                         .why = "all rules of this host are there"};
  bool on_nft = has_docker(nft);
  if (on_nft == has_docker(legacy))
    return fail(on_nft ? "Docker has rules in both backends of iptables, nft and legacy"
                       : "both backends of iptables, nft and legacy, hold rules, and every packet meets both",
                "say which one the wishes are for: --backend nft or --backend legacy");
  auto backend = on_nft ? Backend::kNft : Backend::kLegacy;
  return BackendChoice{
      .backend = backend,
      .why = fmt::format("Docker's rules are there; {} holds others, which see every packet too",
                         name_of(other_than(backend))),
      .other = on_nft ? legacy : nft};
}

BackendChoice choose_main_backend(const BackendRules& nft, const BackendRules& legacy, Backend usual) {
  auto choice = choose_backend(nft, legacy, usual);
  if (choice) return std::move(*choice);
  return {.backend = usual, .why = "`iptables` means it", .other = usual == Backend::kNft ? legacy : nft};
}

Result<void> refuse_split(const Wishes& wishes, const BackendChoice& choice) {
  if (!choice.other) return {};
  for (const auto& [id, wish] : wishes.chains) {
    const auto* chain = find_chain(ruleset_of(*choice.other, id.family), id.table, id.chain);
    if (chain == nullptr) continue;
    for (const auto& rule : wish.rules) {
      if (rule.kind != RuleWish::Kind::kNamed) continue;
      auto bears = [&](const Rule& live) { return bears_name(live, rule.name.text); };
      if (!std::ranges::any_of(chain->rules, bears)) continue;
      return bad_input(rule.name.place,
                       fmt::format("a rule of this name stands in the backend {}, which Docker does not use",
                                   name_of(other_than(choice.backend))),
                       fmt::format("say which one the wishes are for: --backend {} or --backend {}",
                                   name_of(choice.backend), name_of(other_than(choice.backend))));
    }
  }
  return {};
}

}  // namespace pyfw
