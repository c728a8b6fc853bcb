#include "keep/record.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "keep/json.h"

namespace pyfw {
namespace {

constexpr std::string_view kKind = "record 1";

std::string digest_of_wishes(const Record& record) {
  Digest digest;
  digest.add_one(record.wishes);
  for (const auto& file : record.files) {
    digest.add_one(file.name);
    digest.add_one(file.text);
  }
  for (const auto& rule : record.rules) {
    digest.add_one(rule.chain.chain);
    digest.add_one(rule.name);
    digest.add_one(rule.text);
  }
  return digest.text();
}

// Rules that follow each other in one chain share its name.
Json rules_json(const std::vector<RecordedRule>& rules) {
  Json out = Json::array();
  const ChainId* chain = nullptr;
  for (const auto& rule : rules) {
    if (chain == nullptr || *chain != rule.chain)
      out.push_back({{"chain", json_of(rule.chain)}, {"rules", Json::array()}});
    chain = &rule.chain;
    out.back()["rules"].push_back(Json::array({json_of(rule.name), json_of(rule.text), json_of(rule.place)}));
  }
  return out;
}

std::vector<RecordedRule> rules_of(const Json& json) {
  std::vector<RecordedRule> out;
  for (const auto& group : items_of(json)) {
    auto chain = chain_id_of(group.at("chain"));
    for (const auto& rule : items_of(group.at("rules")))
      out.push_back({.chain = chain,
                     .name = bytes_of(rule.at(0)),
                     .text = bytes_of(rule.at(1)),
                     .place = bytes_of(rule.at(2))});
  }
  return out;
}

Json chains_json(const std::vector<ChainId>& chains) {
  Json out = Json::array();
  for (const auto& chain : chains) out.push_back(json_of(chain));
  return out;
}

std::vector<ChainId> chains_of(const Json& json) {
  std::vector<ChainId> out;
  for (const auto& chain : items_of(json)) out.push_back(chain_id_of(chain));
  return out;
}

}  // namespace

Json json_of(const Record& record) {
  Json files = Json::array();
  for (const auto& file : record.files)
    files.push_back({{"name", json_of(file.name)}, {"text", json_of(file.text)}});
  Json policies = Json::array();
  for (const auto& policy : record.policies)
    policies.push_back({{"chain", json_of(policy.chain)},
                        {"policy", json_of(policy.policy)},
                        {"before", json_of(policy.before)}});
  Json sets = Json::array();
  for (const auto& set : record.sets)
    sets.push_back(
        {{"name", json_of(set.name)}, {"created", set.is_created}, {"members", json_of(set.members)}});
  return {{"wishes", json_of(record.wishes)},
          {"backend", json_of(record.backend)},
          {"confirmed", record.is_confirmed},
          {"files", std::move(files)},
          {"rules", rules_json(record.rules)},
          {"policies", std::move(policies)},
          {"sets", std::move(sets)},
          {"chains", chains_json(record.chains)},
          {"adopted", chains_json(record.adopted)},
          {"leftovers", record.has_leftovers}};
}

Record record_of(const Json& json) {
  Record record{.wishes = bytes_of(json.at("wishes"))};
  record.is_confirmed = json.at("confirmed").get<bool>();
  for (const auto& file : items_of(json.at("files")))
    record.files.push_back({.name = bytes_of(file.at("name")), .text = bytes_of(file.at("text"))});
  record.rules = rules_of(json.at("rules"));
  for (const auto& policy : items_of(json.at("policies")))
    record.policies.push_back({.chain = chain_id_of(policy.at("chain")),
                               .policy = bytes_of(policy.at("policy")),
                               .before = bytes_of(policy.at("before"))});
  for (const auto& set : items_of(json.at("sets")))
    record.sets.push_back({.name = bytes_of(set.at("name")),
                           .is_created = set.at("created").get<bool>(),
                           .members = texts_of(set.at("members"))});
  record.chains = chains_of(json.at("chains"));
  record.adopted = chains_of(json.at("adopted"));
  // Older ones do not tell.
  record.has_leftovers = json.value("leftovers", false);
  record.backend = backend_of(json.value("backend", Json()));
  return record;
}

std::string write_record(const Record& record) {
  auto wishes = record.has_leftovers ? std::string() : digest_of_wishes(record);
  Json first = {{"wishes", wishes}, {"confirmed", record.is_confirmed}};
  return seal(kKind, first, json_of(record));
}

Result<Record> parse_record(std::string_view text) {
  Record record;
  TRY_VOID(unseal(kKind, text, [&](const Json& document) { record = record_of(document); }));
  return record;
}

bool is_record_of(std::string_view text, const Record& wanted) {
  auto first = first_line_of(kKind, text);
  if (!first.is_object() || !has_all_bytes(first, text)) return false;
  auto wishes = first.find("wishes");
  auto confirmed = first.find("confirmed");
  return wishes != first.end() && confirmed != first.end() && *confirmed == wanted.is_confirmed &&
         *wishes == digest_of_wishes(wanted);
}

Result<std::optional<Record>> read_record(Store& store) {
  TRY(auto text, store.read(kRecordName));
  if (!text) return std::nullopt;
  auto record = parse_record(*text);
  if (!record)
    return fail(fmt::format("the record of what was applied last can't be used: {}", record.error().message));
  return std::move(*record);
}

}  // namespace pyfw
