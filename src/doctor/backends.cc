#include <fmt/format.h>

#include "base/contains.h"
#include "base/strings.h"
#include "doctor/chain_owners.h"
#include "doctor/checks.h"

namespace pyfw {
namespace {

struct OfBackend {
  Backend backend;
  BackendRules rules;
};

std::vector<OfBackend> backends_of(const HostState& host) {
  auto backend = host.backend.value_or(Backend::kNft);
  auto other = backend == Backend::kNft ? Backend::kLegacy : Backend::kNft;
  std::vector<OfBackend> out = {
      {.backend = backend, .rules = {.iptables = host.state.iptables, .ip6tables = host.state.ip6tables}}};
  if (host.other) out.push_back({.backend = other, .rules = *host.other});
  return out;
}

bool has_rules(const BackendRules& rules) {
  for (auto family : kFamilies)
    for (const auto& table : ruleset_of(rules, family).tables)
      for (const auto& chain : table.chains)
        if (!chain.rules.empty() || chain.policy.value_or("") != "ACCEPT") return true;
  return false;
}

std::string words_of(const OfBackend& one) {
  auto owners = owners_of(one.rules);
  return fmt::format("{} (of {})", name_of(one.backend),
                     owners.empty() ? "nobody whom their names tell" : join(owners, ", "));
}

Advice both_are_used(const OfBackend& one, const OfBackend& other) {
  return {.id = "two-backends",
          .severity = Severity::kWarning,
          .message = fmt::format("rules stand in both backends of iptables: {} and {}", words_of(one),
                                 words_of(other)),
          .why =
              "every packet has to pass both, `iptables -S` shows only one, and an ACCEPT of one does not "
              "save a packet from the other",
          .instead =
              "let all programs use one backend (`update-alternatives --config iptables`), restart "
              "those of the other, and flush what then is left of it"};
}

Advice docker_is_in_the_other(Backend docker, Backend usual) {
  return {.id = "docker-on-the-other-backend",
          .severity = Severity::kWarning,
          .message = fmt::format("Docker's rules are on {}, but `iptables` means {} here", name_of(docker),
                                 name_of(usual)),
          .why =
              "what is set with `iptables`, in DOCKER-USER too, is not where Docker's rules are, and a "
              "restart of Docker may make a second set of them",
          .instead = fmt::format("`update-alternatives --set iptables /usr/sbin/iptables-{0}` (and ip6tables "
                                 "likewise), or restart Docker and flush its rules on {0}; pyfw itself works "
                                 "on the one that Docker uses",
                                 name_of(docker))};
}

Advice tables_beside(const std::vector<std::string>& tables) {
  return {.id = "tables-of-nftables",
          .severity = Severity::kNote,
          .message = fmt::format("nftables has tables beside those of iptables: {}", join(tables, ", ")),
          .why =
              "their rules see every packet too, and an ACCEPT of iptables does not save a packet from "
              "them; pyfw does not look into them",
          .instead = "`nft list ruleset` shows them"};
}

Advice hidden(const std::string& why) {
  return {.id = "rules-that-iptables-hides",
          .severity = Severity::kWarning,
          .message = "iptables-save does not show all that is in its tables: " + why,
          .why =
              "something was put there by nft itself; pyfw does not change such tables, since it would "
              "not know what it changes",
          .instead = "move those rules to a table of their own; `nft list ruleset` shows them"};
}

}  // namespace

Findings look_at_backends(const Examined& host) {
  Findings out;
  auto backends = backends_of(host.host);
  if (backends.size() == 2 && has_rules(backends[0].rules) && has_rules(backends[1].rules))
    out.push_back(both_are_used(backends[0], backends[1]));
  for (const auto& one : backends)
    if (host.usual && one.backend != *host.usual && contains(owners_of(one.rules), "Docker"))
      out.push_back(docker_is_in_the_other(one.backend, *host.usual));
  if (!host.host.facts.nft_tables.empty()) out.push_back(tables_beside(host.host.facts.nft_tables));
  if (!host.hidden_rules.empty()) out.push_back(hidden(host.hidden_rules));
  return out;
}

}  // namespace pyfw
