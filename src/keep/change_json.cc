#include <nlohmann/json.hpp>
#include <stdexcept>

#include "base/by_text.h"
#include "keep/change.h"
#include "keep/json.h"

namespace pyfw {
namespace {

constexpr std::string_view kKind = "changes 1";

using Indexes = ByText<std::size_t>;

Indexes indexes_of(const std::optional<Chain>& chain) {
  Indexes indexes;
  if (!chain) return indexes;
  indexes.reserve(chain->rules.size());
  for (std::size_t i = 0; i < chain->rules.size(); ++i) indexes.emplace(chain->rules[i].text, i);
  return indexes;
}

// Rules that stood in the chain before are told by their numbers there: of long chains mostly little changes.
Json rules_json(const std::vector<Rule>& rules, const Indexes& before) {
  Json out = Json::array();
  for (const auto& rule : rules) {
    auto found = before.find(rule.text);
    out.push_back(found != before.end() ? Json(found->second) : json_of(rule.text));
  }
  return out;
}

std::vector<Rule> rules_of(const Json& json, const std::optional<Chain>& before) {
  std::vector<Rule> out;
  for (const auto& rule : items_of(json)) {
    if (rule.is_string()) {
      out.push_back(Rule{bytes_of(rule)});
    } else if (before) {
      out.push_back(before->rules.at(unsigned_of(rule)));
    } else {
      throw std::invalid_argument("rule");
    }
  }
  return out;
}

Json chain_json(const std::optional<Chain>& chain, const Indexes& before) {
  if (!chain) return nullptr;
  return {{"policy", chain->policy ? json_of(*chain->policy) : Json(nullptr)},
          {"rules", rules_json(chain->rules, before)}};
}

std::optional<Chain> chain_of(const Json& json, const ChainId& id, const std::optional<Chain>& before) {
  if (json.is_null()) return std::nullopt;
  Chain chain{.name = id.chain};
  if (const auto& policy = json.at("policy"); !policy.is_null()) chain.policy = bytes_of(policy);
  chain.rules = rules_of(json.at("rules"), before);
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
  for (const auto& chain : change.chains) {
    auto before = indexes_of(chain.before);
    chains.push_back({{"chain", json_of(chain.id)},
                      {"before", chain_json(chain.before, {})},
                      {"after", chain_json(chain.after, before)},
                      {"own", rules_json(chain.own, before)},
                      {"relaid", rules_json(chain.relaid, before)}});
  }
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
    auto before = chain_of(chain.at("before"), id, {});
    change.chains.push_back({.id = id,
                             .before = before,
                             .after = chain_of(chain.at("after"), id, before),
                             .own = rules_of(chain.at("own"), before),
                             .relaid = rules_of(chain.at("relaid"), before)});
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
