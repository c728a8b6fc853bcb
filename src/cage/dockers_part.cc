#include "cage/dockers_part.h"

#include "adopt/maintainers.h"
#include "cage/dockers_chains.h"

namespace pyfw {
namespace {

bool is_docker(const MaintainerRow* row) { return row != nullptr && row->program == "Docker"; }

bool is_dockers_rule(const Maintainers& maintainers, const ChainId& id, const Rule& rule) {
  auto recognised = maintainers.of_rule(id, rule);
  return recognised && is_docker(recognised->row);
}

void take_chain(const Maintainers& maintainers, const ChainId& id, const Chain& chain, State& part) {
  auto& ruleset = ruleset_of(part, id.family);
  if (is_docker(maintainers.of_chain(id))) {
    ensure_chain(ruleset, id.table, id.chain).rules = chain.rules;
    return;
  }
  bool is_shared = is_docker(maintainers.of_shared_chain(id));
  if (is_shared) ensure_chain(ruleset, id.table, id.chain);
  if (!is_shared && !is_builtin(id.table, id.chain)) return;
  for (const auto& rule : chain.rules)
    if (is_dockers_rule(maintainers, id, rule))
      ensure_chain(ruleset, id.table, id.chain).rules.push_back(rule);
}

}  // namespace

State dockers_part(const State& live, const Facts& facts, std::string_view script) {
  State part;
  Maintainers maintainers(live);
  for (const auto& [id, chain] : chains_of(live)) take_chain(maintainers, id, *chain, part);
  bool has_docker = !part.iptables.tables.empty() || !part.ip6tables.tables.empty();
  if (!has_docker && script.contains("DOCKER")) return dockers_chains(facts);
  for (const auto& set : live.sets)
    if (is_docker(maintainers.of_set(set.name))) part.sets.push_back(set);
  return part;
}

}  // namespace pyfw
