// Reads the parts of the facts back from YAML (fields.h). Fails at the place of what is wrong; a key that the
// part does not have is wrong, too.
//
//   TRY_VOID(read_fields(source, node, "facts", host.facts));

#pragma once

#include <fmt/format.h>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/contains.h"
#include "base/yaml.h"
#include "host/fields.h"

namespace pyfw {

class FieldsFromYaml {
 public:
  // `what` is what stands there, in words.
  FieldsFromYaml(const std::shared_ptr<const Source>& source, const YamlNode& node, std::string what)
      : source_(source), node_(node), what_(std::move(what)) {}

  template <typename How = void, typename Value>
  void always(std::string_view key, Value& out) {
    if (const auto* node = find(key))
      scalar<std::conditional_t<std::is_void_v<How>, Spelling<Value>, How>>(*node, key, out);
  }
  template <typename Value>
  void needed(std::string_view key, Value& out) {
    always(key, out);
    if (node_.find(key) == nullptr) refuse(node_, fmt::format("{} needs '{}'", what_, key));
  }
  template <typename How = void, typename Value>
  void unless_default(std::string_view key, Value& out, const Value& /*usual*/) {
    always<How>(key, out);
  }
  template <typename Value>
  void list(std::string_view key, std::vector<Value>& out) {
    if (const auto* node = find(key)) value(*node, key, out);
  }
  template <typename Value>
  void list_if_any(std::string_view key, std::vector<Value>& out) {
    list(key, out);
  }
  template <typename Value>
  void optional(std::string_view key, std::optional<Value>& out) {
    if (const auto* node = find(key)) value(*node, key, out.emplace());
  }
  template <typename Part>
  void part_map(std::string_view key, std::map<std::string, Part, std::less<>>& out) {
    const auto* node = find(key);
    if (node == nullptr || node->is_null()) return;
    if (!node->is_mapping()) return refuse(*node, fmt::format("{} must be a mapping", key));
    for (std::size_t i = 0; i < node->items.size(); i += 2)
      value(node->items[i + 1], node->items[i].text, out[node->items[i].text]);
  }

  // To be called behind the last field.
  Result<void> finish() &&;

 private:
  const YamlNode* find(std::string_view key) {
    keys_.push_back(key);
    return node_.find(key);
  }
  void refuse(const YamlNode& node, std::string message, std::string hint = {});

  template <typename How, typename Value>
  void scalar(const YamlNode& node, std::string_view key, Value& out) {
    auto read = node.is_scalar() ? How::read(node.text) : std::nullopt;
    if (read) {
      out = std::move(*read);
    } else if (node.is_scalar()) {
      refuse(node, fmt::format("'{}' is not {}", node.text, How::kWhat));
    } else {
      refuse(node, fmt::format("{} must be {}", key, How::kWhat));
    }
  }
  template <Spelled Value>
  void value(const YamlNode& node, std::string_view key, Value& out) {
    scalar<Spelling<Value>>(node, key, out);
  }
  template <typename Value>
  void value(const YamlNode& node, std::string_view key, std::vector<Value>& out) {
    if (node.is_null()) return;
    if (!node.is_sequence()) return refuse(node, fmt::format("{} must be a list", key));
    for (const auto& item : node.items) value(item, key, out.emplace_back());
  }
  template <typename Part>
  void value(const YamlNode& node, std::string_view key, Part& out) {
    FieldsFromYaml io(source_, node, fmt::format("what stands under {}", key));
    fields(io, out);
    auto read = std::move(io).finish();
    if (!read && !error_) error_ = std::move(read).error();
  }

  const std::shared_ptr<const Source>& source_;
  const YamlNode& node_;
  std::string what_;
  std::vector<std::string_view> keys_{};  // that the part has
  std::optional<Error> error_{};
};

template <typename Part>
Result<void> read_fields(const std::shared_ptr<const Source>& source, const YamlNode& node, std::string what,
                         Part& part) {
  FieldsFromYaml io(source, node, std::move(what));
  fields(io, part);
  return std::move(io).finish();
}

}  // namespace pyfw
