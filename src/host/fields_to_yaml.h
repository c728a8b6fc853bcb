// Writes the parts of the facts as YAML (fields.h).

#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/yaml_writer.h"
#include "host/fields.h"

namespace pyfw {

class FieldsToYaml {
 public:
  explicit FieldsToYaml(YamlWriter& yaml) : yaml_(yaml) {}

  template <Spelled Value>
  void value(const Value& given) {
    spell<Spelling<Value>>(given);
  }
  template <typename Part>
  void value(const Part& part) {
    yaml_.begin_mapping();
    fields(*this, part);
    yaml_.end_mapping();
  }
  template <typename Value>
  void value(const std::vector<Value>& values) {
    yaml_.begin_sequence();
    for (const auto& one : values) value(one);
    yaml_.end_sequence();
  }

  template <typename How = void, typename Value>
  void always(std::string_view key, const Value& given) {
    yaml_.scalar(key);
    spell<std::conditional_t<std::is_void_v<How>, Spelling<Value>, How>>(given);
  }
  template <typename Value>
  void needed(std::string_view key, const Value& given) {
    always(key, given);
  }
  template <typename How = void, typename Value>
  void unless_default(std::string_view key, const Value& given, const Value& usual) {
    if (given != usual) always<How>(key, given);
  }
  template <typename Value>
  void list(std::string_view key, const std::vector<Value>& values) {
    yaml_.scalar(key);
    value(values);
  }
  template <typename Value>
  void list_if_any(std::string_view key, const std::vector<Value>& values) {
    if (!values.empty()) list(key, values);
  }
  template <typename Value>
  void optional(std::string_view key, const std::optional<Value>& given) {
    if (!given) return;
    yaml_.scalar(key);
    value(*given);
  }
  template <typename Part>
  void part_map(std::string_view key, const std::map<std::string, Part, std::less<>>& parts) {
    yaml_.scalar(key);
    yaml_.begin_mapping();
    for (const auto& [name, part] : parts) {
      yaml_.scalar(name);
      value(part);
    }
    yaml_.end_mapping();
  }

 private:
  template <typename How, typename Value>
  void spell(const Value& given) {
    if constexpr (std::is_arithmetic_v<Value>) {
      yaml_.plain(How::write(given));
    } else {
      yaml_.scalar(How::write(given));
    }
  }

  YamlWriter& yaml_;
};

}  // namespace pyfw
