#include "keep/daemon_note.h"

#include <nlohmann/json.hpp>

#include "keep/json.h"

namespace pyfw {
namespace {

constexpr std::string_view kKind = "daemon 1";

}  // namespace

std::string write_daemon_note(const DaemonNote& note) {
  return seal(kKind, Json::object(),
              {{"pid", note.pid},
               {"started", note.started},
               {"since", json_of(note.since)},
               {"follows", note.follows},
               {"watched", json_of(note.watched)},
               {"standing", json_of(note.standing)},
               {"edit", json_of(note.edit)}});
}

Result<DaemonNote> parse_daemon_note(std::string_view text) {
  DaemonNote note;
  TRY_VOID(unseal(kKind, text, [&](const Json& document) {
    note = {.pid = signed_of(document.at("pid")),
            .started = unsigned_of(document.at("started")),
            .since = bytes_of(document.at("since")),
            .follows = document.at("follows").get<bool>(),
            .watched = texts_of(document.at("watched")),
            .standing = bytes_of(document.at("standing")),
            .edit = bytes_of(document.at("edit"))};
  }));
  return note;
}

Result<std::optional<DaemonNote>> read_daemon_note(Store& store) {
  TRY(auto text, store.read(kDaemonNoteName));
  if (!text) return std::nullopt;
  TRY(auto note, parse_daemon_note(*text));
  return note;
}

}  // namespace pyfw
