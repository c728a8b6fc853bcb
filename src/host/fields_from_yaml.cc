#include "host/fields_from_yaml.h"

namespace pyfw {

void FieldsFromYaml::refuse(const YamlNode& node, std::string message, std::string hint) {
  if (!error_) error_ = bad_input(place_of(source_, node), std::move(message), std::move(hint)).error();
}

Result<void> FieldsFromYaml::finish() && {
  if (!node_.is_mapping() && !node_.is_null())
    return bad_input(place_of(source_, node_), fmt::format("{} must be a mapping", what_));
  // A misspelt key is the reason why the right one is missing.
  for (std::size_t i = 0; i < node_.items.size(); i += 2)
    if (!contains(keys_, node_.items[i].text))
      return bad_input(place_of(source_, node_.items[i]),
                       fmt::format("unknown key '{}'", node_.items[i].text),
                       did_you_mean(node_.items[i].text, keys_));
  if (error_) return std::unexpected(std::move(*error_));
  return {};
}

}  // namespace pyfw
