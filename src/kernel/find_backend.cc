#include "kernel/find_backend.h"

#include "kernel/read_saved.h"
#include "netlink/legacy_tables.h"
#include "nft/native_rules.h"
#include "sys/programs.h"

namespace pyfw {
namespace {

Result<Ruleset> rules_of(Family family, Backend backend) {
  auto program = program_for(family, backend, "save");
  if (!program) return Ruleset();
  return read_rules(*program, [](const auto& argv) { return run(argv); });
}

Result<BackendRules> rules_of(Backend backend) {
  BackendRules state;
  TRY(state.iptables, rules_of(Family::kIpv4, backend));
  TRY(state.ip6tables, rules_of(Family::kIpv6, backend));
  return state;
}

bool has_legacy_tables() {
  return !legacy_tables(Family::kIpv4).empty() || !legacy_tables(Family::kIpv6).empty();
}

Result<bool> has_nft_tables() {
  TRY(auto ipv4, nft_tables(Family::kIpv4));
  TRY(auto ipv6, nft_tables(Family::kIpv6));
  return !ipv4.empty() || !ipv6.empty();
}

// `choose` is asked where both hold tables.
template <typename Choose>
Result<BackendChoice> find(std::optional<Backend> asked, Choose choose) {
  if (asked) return BackendChoice{.backend = *asked, .why = "it was asked for"};
  auto usual = usual_backend();
  // Most hosts have tables of one kind only, and nothing has to be compared.
  bool on_legacy = has_legacy_tables();
  auto on_nft = has_nft_tables();
  if (!on_legacy && (usual == Backend::kNft || (on_nft && *on_nft)))
    return BackendChoice{.backend = Backend::kNft, .why = "there are no legacy tables"};
  if (on_legacy && on_nft && !*on_nft && usual == Backend::kLegacy)
    return BackendChoice{.backend = Backend::kLegacy, .why = "there are no tables of nft"};
  TRY(auto legacy, on_legacy ? rules_of(Backend::kLegacy) : Result<BackendRules>());
  TRY(auto nft, on_nft && *on_nft ? rules_of(Backend::kNft) : Result<BackendRules>());
  return choose(nft, legacy, usual);
}

}  // namespace

Result<BackendChoice> find_backend(std::optional<Backend> asked) { return find(asked, choose_backend); }

Result<BackendChoice> find_main_backend(std::optional<Backend> asked) {
  return find(asked, choose_main_backend);
}

Result<std::optional<BackendRules>> rules_of_other_backend(Backend backend) {
  auto other = backend == Backend::kNft ? Backend::kLegacy : Backend::kNft;
  TRY(bool has_tables, other == Backend::kNft ? has_nft_tables() : Result<bool>(has_legacy_tables()));
  if (!has_tables) return std::nullopt;
  if (other == Backend::kNft)
    for (auto family : kFamilies) TRY_VOID(refuse_native_rules(family));
  TRY(auto rules, rules_of(other));
  if (!is_of_consequence(rules)) return std::nullopt;
  return rules;
}

}  // namespace pyfw
