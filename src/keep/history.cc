#include "keep/history.h"

#include <nlohmann/json.hpp>

#include "keep/json.h"

namespace pyfw {
namespace {

constexpr std::string_view kKind = "history 1";

Json repair_json(const Repair& repair) {
  return {{"time", json_of(repair.time)},
          {"lasted_ms", repair.lasted_ms},
          {"what", json_of(repair.what)},
          {"who", json_of(repair.who)},
          {"failure", json_of(repair.failure)}};
}

Repair repair_of(const Json& json) {
  return {.time = bytes_of(json.at("time")),
          .lasted_ms = signed_of(json.at("lasted_ms")),
          .what = bytes_of(json.at("what")),
          .who = texts_of(json.at("who")),
          .failure = bytes_of(json.at("failure"))};
}

}  // namespace

void add(History& history, Repair repair) {
  ++(repair.failure.empty() ? history.repairs : history.failures);
  history.newest.push_back(std::move(repair));
  if (history.newest.size() > kRepairsKept) history.newest.erase(history.newest.begin());
}

std::string write_history(const History& history) {
  Json newest = Json::array();
  for (const auto& repair : history.newest) newest.push_back(repair_json(repair));
  return seal(kKind, Json::object(),
              {{"repairs", history.repairs}, {"failures", history.failures}, {"newest", std::move(newest)}});
}

Result<History> parse_history(std::string_view text) {
  History history;
  TRY_VOID(unseal(kKind, text, [&](const Json& document) {
    history.repairs = unsigned_of(document.at("repairs"));
    history.failures = unsigned_of(document.at("failures"));
    for (const auto& repair : items_of(document.at("newest"))) history.newest.push_back(repair_of(repair));
  }));
  return history;
}

Result<History> read_history(Store& store) {
  TRY(auto text, store.read(kHistoryName));
  if (!text) return History();
  return parse_history(*text);
}

}  // namespace pyfw
