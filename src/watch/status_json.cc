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

Json repair_json(const Repair& repair) {
  Json out = {
      {"time", repair.time}, {"lasted_ms", repair.lasted_ms}, {"what", repair.what}, {"who", repair.who}};
  if (!repair.failure.empty()) out["failure"] = repair.failure;
  return out;
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
  Json repairs = Json::array();
  for (const auto& repair : status.history.newest) repairs.push_back(repair_json(repair));
  Json document = {{"version", 1},
                   {"applied", status.why_none.empty()},
                   {"from", status.wishes},
                   {"holds", status.is_known() && !status.has_drifted()},
                   {"drift", status.drift},
                   {"trouble", status.trouble},
                   {"remarks", status.remarks},
                   {"pending", status.pending},
                   {"wishes", std::move(wishes)},
                   {"daemon", daemon_json(status)},
                   {"history",
                    {{"repairs", status.history.repairs},
                     {"failures", status.history.failures},
                     {"newest", std::move(repairs)}}}};
  return document_of(document);
}

}  // namespace pyfw
