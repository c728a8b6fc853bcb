#include <nlohmann/json.hpp>

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
      chains[chain->name] = {{"default_action", chain->policy.value_or("-")}, {"rules", std::move(rules)}};
    }
  }
  return out;
}

Json sets_json(const Sets& sets) {
  Json out = Json::object();
  for (const auto* set : sorted_sets(sets))
    out[set->name] = {{"type", set->type}, {"header", set->header}, {"members", sorted_members(*set)}};
  return out;
}

Json facts_json(const Facts& facts) {
  Json interfaces = Json::array();
  for (const auto& interface : facts.interfaces) {
    Json addresses = Json::array();
    for (const auto& address : interface.addresses) addresses.push_back(address.to_string());
    Json one = {
        {"name", interface.name}, {"state", interface.is_up ? "up" : "down"}, {"addresses", addresses}};
    if (!interface.bridge.empty()) one["bridge"] = interface.bridge;
    interfaces.push_back(std::move(one));
  }
  Json routes = Json::array();
  for (const auto& route : facts.routes) {
    Json one = {
        {"to", route.destination.to_string()}, {"interface", route.interface}, {"metric", route.metric}};
    if (route.gateway) one["via"] = route.gateway->to_string();
    routes.push_back(std::move(one));
  }
  return {{"interfaces", std::move(interfaces)}, {"routes", std::move(routes)}};
}

}  // namespace

std::string write_state_json(const HostState& host) {
  Json state = {{"iptables", ruleset_json(host.state.iptables)},
                {"ip6tables", ruleset_json(host.state.ip6tables)},
                {"ipsets", sets_json(host.state.sets)},
                {"facts", facts_json(host.facts)}};
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
