#include "show/json.h"

#include <nlohmann/json.hpp>

#include "show/totals.h"

namespace pyfw {
namespace {

using Json = nlohmann::ordered_json;
using Kind = RuleLine::Kind;

Json rule_json(const RuleLine& line) {
  std::string verb = line.kind == Kind::kInserted  ? "insert"
                     : line.kind == Kind::kRemoved ? "remove"
                     : line.kind == Kind::kMoved   ? "move"
                                                   : "replace";
  Json out = {{"do", std::move(verb)}, {"name", line.name}, {"text", line.rule.text}};
  if (line.before) out["before"] = line.before->text;
  if (line.from > 0) out["from"] = line.from;
  if (line.to > 0) out["at"] = line.to;
  return out;
}

Json chain_json(const ChainDescription& chain) {
  Json rules = Json::array();
  for (const auto& line : chain.lines)
    if (line.kind != Kind::kKept) rules.push_back(rule_json(line));
  Json out = {{"family", chain.id.family == Family::kIpv4 ? "ipv4" : "ipv6"},
              {"table", chain.id.table},
              {"chain", chain.id.chain},
              {"new", chain.is_new},
              {"removed", chain.is_removed}};
  if (chain.policy) out["policy"] = {{"before", chain.policy->before}, {"after", chain.policy->after}};
  out["rules"] = std::move(rules);
  return out;
}

Json shape_json(const std::optional<SetShape>& shape) {
  if (!shape) return nullptr;
  return {{"type", shape->type}, {"options", shape->header}};
}

Json set_json(const SetDescription& set) {
  std::string verb = !set.before         ? "create"
                     : !set.after        ? "remove"
                     : set.is_replaced() ? "replace"
                                         : "change";
  Json out = {
      {"do", std::move(verb)},
      {"name", set.name},
      {"before", shape_json(set.before)},
      {"after", shape_json(set.after)},
      {"members", {{"added", set.added}, {"removed", set.removed}, {"changed", set.changed}}},
  };
  if (!set.order.empty()) out["order"] = set.order;
  return out;
}

Json totals_json(const Totals& totals) {
  return {{"rules",
           {{"new", totals.rules_new},
            {"changed", totals.rules_changed},
            {"moved", totals.rules_moved},
            {"gone", totals.rules_gone}}},
          {"policies", totals.policies},
          {"chains", {{"new", totals.chains_new}, {"gone", totals.chains_gone}}},
          {"sets",
           {{"new", totals.sets_new},
            {"replaced", totals.sets_replaced},
            {"reordered", totals.sets_reordered},
            {"gone", totals.sets_gone}}},
          {"members",
           {{"in", totals.members_in},
            {"out", totals.members_out},
            {"changed", totals.members_changed},
            {"sets", totals.sets_with_members}}}};
}

Json expectations_json(const std::vector<ExpectationRemark>& expectations) {
  Json out = Json::array();
  for (const auto& expectation : expectations)
    out.push_back({{"name", expectation.name},
                   {"is", expectation.is},
                   {"before", expectation.before},
                   {"after", expectation.after},
                   {"reasons", expectation.reasons}});
  return out;
}

Json flows_json(const std::vector<FlowRemark>& flows) {
  Json out = Json::array();
  for (const auto& flow : flows)
    out.push_back({{"connections", flow.connections},
                   {"protocols", flow.protocols},
                   {"families", flow.families},
                   {"from", flow.from},
                   {"interfaces", flow.interfaces},
                   {"to", flow.to},
                   {"ports", flow.ports},
                   {"conditions", flow.conditions},
                   {"before", flow.before},
                   {"after", flow.after}});
  return out;
}

}  // namespace

std::string as_json(const Description& description, const Remarks& remarks,
                    const std::optional<Application>& outcome) {
  Json chains = Json::array();
  for (const auto& chain : description.chains) chains.push_back(chain_json(chain));
  Json sets = Json::array();
  for (const auto& set : description.sets) sets.push_back(set_json(set));
  Json document = {{"version", 1},
                   {"nothing_to_do", description.empty()},
                   {"chains", std::move(chains)},
                   {"sets", std::move(sets)},
                   {"totals", totals_json(count(description))},
                   {"warnings", remarks.warnings},
                   {"unrehearsed", remarks.unrehearsed}};
  if (!remarks.expectations.empty()) document["expectations"] = expectations_json(remarks.expectations);
  if (remarks.flows) document["flows"] = flows_json(*remarks.flows);
  if (outcome) {
    Json applied = {{"snapshot", nullptr}, {"confirm_until", nullptr}};
    if (!outcome->snapshot.empty()) applied["snapshot"] = outcome->snapshot;
    if (!outcome->confirm_until.empty()) applied["confirm_until"] = outcome->confirm_until;
    document["applied"] = std::move(applied);
  }
  // A foreign comment may hold bytes that are no UTF-8; JSON can't.
  return document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace pyfw
