// Writes the parts of the facts as JSON (fields.h).

#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "host/fields.h"

namespace pyfw {

class FieldsToJson {
 public:
  using Json = nlohmann::ordered_json;

  template <Spelled Value>
  static Json value(const Value& given) {
    return spelled<void>(given);
  }
  template <typename Part>
  static Json value(const Part& part) {
    FieldsToJson io;
    fields(io, part);
    return std::move(io.object_);
  }
  template <typename Value>
  static Json value(const std::vector<Value>& values) {
    Json out = Json::array();
    for (const auto& one : values) out.push_back(value(one));
    return out;
  }

  template <typename How = void, typename Value>
  void always(const char* key, const Value& given) {
    object_[key] = spelled<How>(given);
  }
  template <typename Value>
  void needed(const char* key, const Value& given) {
    always(key, given);
  }
  template <typename How = void, typename Value>
  void unless_default(const char* key, const Value& given, const Value& usual) {
    if (given != usual) always<How>(key, given);
  }
  template <typename Value>
  void list(const char* key, const std::vector<Value>& values) {
    object_[key] = value(values);
  }
  template <typename Value>
  void list_if_any(const char* key, const std::vector<Value>& values) {
    if (!values.empty()) list(key, values);
  }
  template <typename Value>
  void optional(const char* key, const std::optional<Value>& given) {
    if (given) object_[key] = value(*given);
  }
  template <typename Part>
  void part_map(const char* key, const std::map<std::string, Part, std::less<>>& parts) {
    auto& out = object_[key] = Json::object();
    for (const auto& [name, part] : parts) out[name] = value(part);
  }

 private:
  template <typename How, typename Value>
  static Json spelled(const Value& given) {
    if constexpr (!std::is_void_v<How>) {
      return How::write(given);
    } else if constexpr (std::is_arithmetic_v<Value>) {
      return given;
    } else {
      return Spelling<Value>::write(given);
    }
  }

  Json object_ = Json::object();
};

}  // namespace pyfw
