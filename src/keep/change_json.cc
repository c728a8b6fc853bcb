#include <nlohmann/json.hpp>

#include "keep/change.h"
#include "keep/json.h"

namespace pyfw {
namespace {

constexpr std::string_view kKind = "changes 1";

Json rules_json(const std::vector<Rule>& rules) {
  Json out = Json::array();
  for (const auto& rule : rules) out.push_back(json_of(rule.text));
  return out;
}

std::vector<Rule> rules_of(const Json& json) {
  std::vector<Rule> out;
  for (const auto& text : items_of(json)) out.push_back(Rule{bytes_of(text)});
  return out;
}

Json chain_json(const std::optional<Chain>& chain) {
  if (!chain) return nullptr;
  return {{"policy", chain->policy ? json_of(*chain->policy) : Json(nullptr)},
          {"rules", rules_json(chain->rules)}};
}

std::optional<Chain> chain_of(const Json& json, const ChainId& id) {
  if (json.is_null()) return std::nullopt;
  Chain chain{.name = id.chain};
  if (const auto& policy = json.at("policy"); !policy.is_null()) chain.policy = bytes_of(policy);
  chain.rules = rules_of(json.at("rules"));
  return chain;
}

Json set_json(const std::optional<Set>& set) {
  if (!set) return nullptr;
  return {{"type", json_of(set->type)}, {"header", json_of(set->header)}, {"members", json_of(set->members)}};
}

std::optional<Set> set_of(const Json& json, const std::string& name) {
  if (json.is_null()) return std::nullopt;
  return Set{.name = name,
             .type = bytes_of(json.at("type")),
             .header = bytes_of(json.at("header")),
             .members = texts_of(json.at("members"))};
}

Json change_json(const Change& change) {
  Json chains = Json::array();
  for (const auto& chain : change.chains)
    chains.push_back({{"chain", json_of(chain.id)},
                      {"before", chain_json(chain.before)},
                      {"after", chain_json(chain.after)},
                      {"own", rules_json(chain.own)},
                      {"relaid", rules_json(chain.relaid)}});
  Json sets = Json::array();
  for (const auto& set : change.sets)
    sets.push_back(
        {{"set", json_of(set.name)}, {"before", set_json(set.before)}, {"after", set_json(set.after)}});
  return {{"chains", std::move(chains)}, {"sets", std::move(sets)}};
}

Change change_from(const Json& json) {
  Change change;
  for (const auto& chain : items_of(json.at("chains"))) {
    auto id = chain_id_of(chain.at("chain"));
    change.chains.push_back({.id = id,
                             .before = chain_of(chain.at("before"), id),
                             .after = chain_of(chain.at("after"), id),
                             .own = rules_of(chain.at("own")),
                             .relaid = rules_of(chain.at("relaid"))});
  }
  for (const auto& set : items_of(json.at("sets"))) {
    auto name = bytes_of(set.at("set"));
    change.sets.push_back(
        {.name = name, .before = set_of(set.at("before"), name), .after = set_of(set.at("after"), name)});
  }
  return change;
}

}  // namespace

Json json_of(std::span<const Change> changes) {
  Json out = Json::array();
  for (const auto& change : changes) out.push_back(change_json(change));
  return out;
}

std::vector<Change> changes_of(const Json& json) {
  std::vector<Change> out;
  for (const auto& change : items_of(json)) out.push_back(change_from(change));
  return out;
}

std::string write_changes(std::span<const Change> changes) {
  return seal(kKind, Json::object(), json_of(changes));
}

Result<std::vector<Change>> parse_changes(std::string_view text) {
  std::vector<Change> changes;
  TRY_VOID(unseal(kKind, text, [&](const Json& document) { changes = changes_of(document); }));
  return changes;
}

}  // namespace pyfw
