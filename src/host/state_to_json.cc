#include <nlohmann/json.hpp>

#include "host/fields_to_json.h"
#include "host/sorted.h"
#include "host/state_document.h"
#include "nf/ipset_save.h"
#include "nf/iptables_save.h"

namespace pyfw {
namespace {

using Json = nlohmann::ordered_json;

Json ruleset_json(const Ruleset& ruleset) {
  Json out = Json::object();
  for (const auto* table : sorted_tables(ruleset)) {
    auto& chains = out[table->name] = Json::object();
    for (const auto* chain : sorted_chains(*table)) {
      Json rules = Json::array();
      for (const auto& rule : chain->rules) rules.push_back(rule.text);
      auto& shown = chains[chain->name] = Json::object();
      if (chain->policy || !is_builtin(table->name, chain->name))
        shown["default_action"] = chain->policy.value_or("-");
      shown["rules"] = std::move(rules);
    }
  }
  return out;
}

Json rules_json(const auto& rules) {
  Json out = Json::object();
  for (auto family : kFamilies)
    out[std::string(program_of(family))] = ruleset_json(ruleset_of(rules, family));
  return out;
}

Json sets_json(const Sets& sets) {
  Json out = Json::object();
  for (const auto* set : sorted_sets(sets))
    out[set->name] = {{"type", set->type}, {"header", set->header}, {"members", sorted_members(*set)}};
  return out;
}

}  // namespace

std::string write_state_json(const HostState& host) {
  Json state = Json::object();
  if (host.backend) state["backend"] = name_of(*host.backend);
  state.update(rules_json(host.state));
  state["ipsets"] = sets_json(host.state.sets);
  if (host.other) state["other_backend"] = rules_json(*host.other);
  state["facts"] = FieldsToJson::value(host.facts);
  Json document = {{"pyfw_state", std::move(state)}};
  // A foreign comment may hold bytes that are no UTF-8; JSON can't.
  return document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string write_state_save(const HostState& host) {
  std::string out;
  for (auto family : kFamilies) {
    out += '#';
    out += ' ';
    out += program_of(family);
    out += "-save\n" + write_iptables_save(ruleset_of(host.state, family));
  }
  return out + "# ipset save\n" + write_ipset_save(host.state.sets);
}

}  // namespace pyfw
