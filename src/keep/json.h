// How this room writes what it keeps: a first line that is small and tells whether what follows is whole,
// then one JSON document.
//
//   {"pyfw": "changes 1", "bytes": 812, "digest": "9e3779b97f4a7c15"}
//   {"chains": [...], ...}

#pragma once

#include <cstdint>
#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "keep/change.h"
#include "keep/record.h"
#include "nf/backend.h"

namespace pyfw {

using Json = nlohmann::ordered_json;

// A rule's text may hold bytes that are no UTF-8, and JSON can't. So each byte stands there as the character
// of its number, as in Latin-1: nothing is lost, and ASCII looks as it is.
Json json_of(std::string_view bytes);

// FNV-1a of 64 bits, and how many bytes went in. It tells a cut or changed text, not a forged one.
class Digest {
 public:
  void add(std::string_view bytes);
  // The same, but "a" and "b" differ from "ab".
  void add_one(std::string_view text);
  [[nodiscard]] std::string text() const;

 private:
  std::uint64_t hash_ = 0xcbf29ce484222325U;
  std::uint64_t bytes_ = 0;
};

// `first` gets the kind (with its version) and what is needed to check `document`.
std::string seal(std::string_view kind, const Json& first, const Json& document);
// None (discarded) where the text is of another kind or has no such line.
Json first_line_of(std::string_view kind, std::string_view text);
// Whether the text has as many bytes as its first line says.
bool has_all_bytes(const Json& first, std::string_view text);

// The readers below and those of each kind throw what is no such document; `unseal` catches it.
std::string bytes_of(const Json& text);
std::int64_t signed_of(const Json& number);
std::uint64_t unsigned_of(const Json& number);
const std::vector<Json>& items_of(const Json& list);

Json json_of(std::optional<Backend> backend);
std::optional<Backend> backend_of(const Json& json);  // none where it does not tell
Json json_of(const ChainId& id);
ChainId chain_id_of(const Json& json);
Json json_of(std::span<const std::string> texts);
std::vector<std::string> texts_of(const Json& json);
Json json_of(const Record& record);
Record record_of(const Json& json);
Json json_of(std::span<const Change> changes);
std::vector<Change> changes_of(const Json& json);

// Gives `read` the document, if the text is whole and of that kind. Fails where it is not, and where `read`
// throws.
Result<void> unseal(std::string_view kind, std::string_view text,
                    const std::function<void(const Json&)>& read);

}  // namespace pyfw
