#include "wish/yaml_access.h"

#include <fmt/format.h>

#include "base/contains.h"
#include "base/strings.h"

namespace pyfw {

Located YamlAccess::located(const YamlNode& scalar) const {
  return Located{.text = scalar.text, .place = place(scalar), .is_verbatim = scalar.is_verbatim};
}

Result<void> YamlAccess::expect_mapping(const YamlNode& node, std::string_view what) const {
  if (node.is_mapping() || node.is_null()) return {};
  return bad_input(place(node),
                   fmt::format("{} must be a mapping of keys to values, not a {}", what, node.kind_name()));
}

Result<void> YamlAccess::expect_keys(const YamlNode& node, std::string_view what,
                                     std::span<const std::string_view> keys) const {
  TRY_VOID(expect_mapping(node, what));
  for (std::size_t i = 0; i < node.items.size(); i += 2) {
    const auto& key = node.items[i];
    if (contains(keys, key.text)) continue;
    auto hint = did_you_mean(key.text, keys);
    if (hint.empty()) hint = fmt::format("{} knows: {}", what, fmt::join(keys, ", "));
    return bad_input(place(key), fmt::format("unknown key '{}'", key.text), hint);
  }
  return {};
}

Result<Located> YamlAccess::text(const YamlNode& node, std::string_view what) const {
  if (!node.is_scalar())
    return bad_input(
        place(node), fmt::format("{} must be a text, not a {}", what, node.kind_name()),
        node.is_mapping() ? "a text that holds ': ' or begins with '{' needs quotes around it" : "");
  if (node.is_null() || node.text.empty()) return bad_input(place(node), fmt::format("{} is empty", what));
  if (node.cut_by_comment && node.text.find(' ') != std::string::npos)
    return bad_input(place(node), fmt::format("YAML cuts {} at the ' #' that follows", what),
                     "put quotes around the whole text, or the comment on a line of its own");
  return located(node);
}

Result<std::vector<Located>> YamlAccess::texts(const YamlNode& node, std::string_view what) const {
  std::vector<Located> out;
  if (node.is_null()) return out;
  if (!node.is_sequence())
    return bad_input(place(node), fmt::format("{} must be a list, not a {}", what, node.kind_name()),
                     fmt::format("write [{}]", node.is_scalar() ? node.text : "…"));
  auto entry = fmt::format("an entry of {}", what);
  out.reserve(node.items.size());
  for (const auto& item : node.items) {
    bool plainly_fine = item.is_scalar() && !item.is_null() && !item.text.empty() && !item.cut_by_comment;
    if (!plainly_fine) TRY_VOID(text(item, entry));
    out.push_back(located(item));
  }
  return out;
}

}  // namespace pyfw
