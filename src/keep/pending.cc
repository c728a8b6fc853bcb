#include "keep/pending.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "keep/json.h"

namespace pyfw {
namespace {

constexpr std::string_view kKind = "pending 1";
constexpr std::string_view kName = "pending";

Pending pending_of(const Json& json) {
  Pending pending{.id = bytes_of(json.at("id")), .boot = bytes_of(json.at("boot"))};
  pending.backend = backend_of(json.at("backend")).value();
  pending.armed_at = signed_of(json.at("armed_at"));
  pending.deadline = signed_of(json.at("deadline"));
  pending.deadline_text = bytes_of(json.at("deadline_text"));
  pending.is_applied = json.at("is_applied").get<bool>();
  pending.changes = changes_of(json.at("changes"));
  if (const auto& record = json.at("record"); !record.is_null()) pending.record = record_of(record);
  pending.holder = signed_of(json.at("holder"));
  pending.holder_started = unsigned_of(json.at("holder_started"));
  return pending;
}

}  // namespace

std::string write_pending(const Pending& pending) {
  Json document = {{"id", json_of(pending.id)},
                   {"backend", json_of(pending.backend)},
                   {"boot", json_of(pending.boot)},
                   {"armed_at", pending.armed_at},
                   {"deadline", pending.deadline},
                   {"deadline_text", json_of(pending.deadline_text)},
                   {"is_applied", pending.is_applied},
                   {"changes", json_of(pending.changes)},
                   {"record", pending.record ? json_of(*pending.record) : Json(nullptr)},
                   {"holder", pending.holder},
                   {"holder_started", pending.holder_started}};
  return seal(kKind, Json::object(), document);
}

Result<Pending> parse_pending(std::string_view text) {
  Pending pending;
  TRY_VOID(unseal(kKind, text, [&](const Json& document) { pending = pending_of(document); }));
  return pending;
}

Result<std::optional<Pending>> read_pending(Store& store) {
  TRY(auto text, store.read(kName));
  if (!text) return std::nullopt;
  auto pending = parse_pending(*text);
  if (!pending)
    return fail(fmt::format("{}/{}, which holds a change that waits for its confirm, can't be read: {}",
                            store.path(), kName, pending.error().message),
                "see to it that the rules are as they should be, then remove that file");
  return std::move(*pending);
}

Result<void> keep_pending(Store& store, const Pending& pending) {
  return store.write(kName, write_pending(pending));
}

Result<void> drop_pending(Store& store) { return store.remove(kName); }

}  // namespace pyfw
