// YAML as a tree in which every node knows its place. libyaml does the scanning.
//
//   TRY(auto root, parse_yaml(source));
//   if (const auto* key = root.find("ipsets")) ...
//
// Refused, with the place: anchors and aliases, tags, a key twice in one mapping, more than one document,
// a nesting deeper than kDeepest. A tag is no curiosity here: in `- r: ! -s 10.0.0.0/8 -j DROP` YAML reads
// the `!` as one and drops it.

#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace pyfw {

inline constexpr std::size_t kDeepestYaml = 32;

struct YamlNode {
  enum class Kind : std::uint8_t { kScalar, kSequence, kMapping };

  Kind kind = Kind::kScalar;
  bool is_plain = false;        // a scalar without quotes
  bool is_verbatim = false;     // a scalar that stands in the file as it is: no escapes, one line
  bool cut_by_comment = false;  // a scalar that a ` #` ends
  std::uint32_t line = 1;       // where it begins, counted from 1
  std::uint32_t column = 1;     // in characters; behind the opening quote
  std::uint32_t length = 1;     // on its first line
  std::string text;             // of a scalar
  std::vector<YamlNode> items;  // of a sequence; of a mapping key, value, key, value, …

  [[nodiscard]] bool is_scalar() const { return kind == Kind::kScalar; }
  [[nodiscard]] bool is_sequence() const { return kind == Kind::kSequence; }
  [[nodiscard]] bool is_mapping() const { return kind == Kind::kMapping; }
  // An empty value, `~` or `null`.
  [[nodiscard]] bool is_null() const;
  // The value of a key of a mapping, or null.
  [[nodiscard]] const YamlNode* find(std::string_view key) const;
  // "text", "list" or "mapping", for messages.
  [[nodiscard]] std::string_view kind_name() const;
};

Place place_of(const std::shared_ptr<const Source>& source, const YamlNode& node);

// The root; a null scalar for an empty document.
Result<YamlNode> parse_yaml(const std::shared_ptr<const Source>& source);

}  // namespace pyfw
