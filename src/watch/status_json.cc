#include "ask/json_parts.h"
#include "watch/status_text.h"

namespace pyfw {
namespace {

using Json = nlohmann::ordered_json;

Json wish_json(const WishStatus& wish) {
  Json out;
  switch (wish.kind) {
    case WishStatus::Kind::kRule: out["kind"] = "rule"; break;
    case WishStatus::Kind::kPolicy: out["kind"] = "policy"; break;
    case WishStatus::Kind::kSet: out["kind"] = "set"; break;
  }
  if (wish.kind != WishStatus::Kind::kSet) {
    out["family"] = wish.chain.family == Family::kIpv4 ? "ipv4" : "ipv6";
    out["table"] = wish.chain.table;
    out["chain"] = wish.chain.chain;
  }
  out["name"] = wish.name;
  out["place"] = wish.place;
  out["holds"] = wish.holds;
  if (!wish.left_out.empty()) out["left_out"] = wish.left_out;
  if (wish.counted) {
    out["packets"] = wish.counted->packets;
    out["bytes"] = wish.counted->bytes;
  }
  return out;
}

// What stands beside the wishes, and what can't be read of what the daemon has told.
std::vector<std::string> all_remarks_of(const Status& status) {
  auto remarks = status.remarks;
  for (const auto& trouble : {status.daemon_trouble, status.history_trouble})
    if (!trouble.empty()) remarks.push_back(trouble);
  return remarks;
}

Json repair_json(const Repair& repair) {
  Json out = {
      {"time", repair.time}, {"lasted_ms", repair.lasted_ms}, {"what", repair.what}, {"who", repair.who}};
  if (!repair.failure.empty()) out["failure"] = repair.failure;
  return out;
}

Json history_json(const Status& status) {
  if (!status.history_trouble.empty()) return nullptr;
  Json newest = Json::array();
  for (const auto& repair : status.history.newest) newest.push_back(repair_json(repair));
  return {{"repairs", status.history.repairs},
          {"failures", status.history.failures},
          {"newest", std::move(newest)}};
}

Json daemon_json(const Status& status) {
  if (!status.daemon) return nullptr;
  const auto& note = *status.daemon;
  return {{"runs", status.daemon_runs}, {"pid", note.pid},
          {"since", note.since},        {"follows", note.follows},
          {"listens_to", note.watched}, {"standing", note.standing},
          {"edit", note.edit}};
}

}  // namespace

std::string as_json(const Status& status) {
  Json wishes = Json::array();
  for (const auto& wish : status.each) wishes.push_back(wish_json(wish));
  Json document = {{"version", 1},
                   {"applied", status.why_none.empty()},
                   {"from", status.wishes},
                   {"holds", status.is_known() && !status.has_drifted()},
                   {"drift", status.drift},
                   {"trouble", status.trouble},
                   {"remarks", all_remarks_of(status)},
                   {"pending", status.pending},
                   {"wishes", std::move(wishes)},
                   {"daemon", daemon_json(status)},
                   {"history", history_json(status)}};
  return document_of(document);
}

}  // namespace pyfw
