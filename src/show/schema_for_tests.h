// Checks JSON documents against a JSON schema (draft 2020-12), as far as pyfw's own schemas use it.
//
//   EXPECT_THAT(violations(R"({"version": 1})", read("docs/plan.schema.json")), IsEmpty());

#pragma once

#include <algorithm>
#include <nlohmann/json.hpp>
#include <regex>
#include <string>
#include <string_view>
#include <vector>

namespace pyfw {

class SchemaValidator {
  using Json = nlohmann::json;

 public:
  explicit SchemaValidator(const Json& root) : root_(root) {}

  std::vector<std::string> check(const Json& value, const Json& schema, const std::string& at) const {
    std::vector<std::string> wrong;
    auto merge = [&](const std::vector<std::string>& more) {
      wrong.insert(wrong.end(), more.begin(), more.end());
    };
    auto expect = [&](bool holds, const std::string& what) {
      if (!holds) wrong.push_back(at + ": " + what);
    };
    if (schema == false) return {at + ": can't stand here"};
    for (const auto& [keyword, wanted] : schema.items()) {
      if (keyword == "$schema" || keyword == "$defs" || keyword == "title" || keyword == "description") {
        continue;
      } else if (keyword == "$ref") {
        merge(check(value, root_.at(Json::json_pointer(wanted.get<std::string>().substr(1))), at));
      } else if (keyword == "type") {
        auto types = wanted.is_array() ? wanted : Json::array({wanted});
        expect(std::ranges::any_of(types, [&](const Json& type) { return is_of_type(value, type); }),
               "wrong type");
      } else if (keyword == "const") {
        expect(value == wanted, "is not " + wanted.dump());
      } else if (keyword == "enum") {
        expect(std::ranges::find(wanted, value) != wanted.end(), "is none of " + wanted.dump());
      } else if (keyword == "minimum") {
        expect(!value.is_number() || value >= wanted, "is less than " + wanted.dump());
      } else if (keyword == "required") {
        for (const std::string key : wanted)
          expect(!value.is_object() || value.contains(key), "lacks " + key);
      } else if (keyword == "properties") {
        for (const auto& [key, sub] : wanted.items())
          if (value.is_object() && value.contains(key)) merge(check(value[key], sub, at + "/" + key));
      } else if (keyword == "additionalProperties") {
        if (!value.is_object()) continue;
        for (const auto& [key, item] : value.items()) {
          if (schema.contains("properties") && schema["properties"].contains(key)) continue;
          if (wanted == false) {
            expect(false, "does not know " + key);
          } else {
            merge(check(item, wanted, at + "/" + key));
          }
        }
      } else if (keyword == "propertyNames") {
        for (const auto& [key, unused] : value.items())
          if (value.is_object()) merge(check(key, wanted, at + "/" + key));
      } else if (keyword == "minProperties" || keyword == "minItems") {
        bool is_meant = keyword == "minItems" ? value.is_array() : value.is_object();
        expect(!is_meant || value.size() >= wanted, "has too few");
      } else if (keyword == "maxProperties") {
        expect(!value.is_object() || value.size() <= wanted, "has too many");
      } else if (keyword == "minLength") {
        expect(!value.is_string() || value.get_ref<const std::string&>().size() >= wanted, "is too short");
      } else if (keyword == "pattern") {
        expect(!value.is_string() || std::regex_search(value.get_ref<const std::string&>(),
                                                       std::regex(wanted.get<std::string>())),
               "does not match " + wanted.dump());
      } else if (keyword == "not") {
        expect(!check(value, wanted, at).empty(), "is just what it must not be");
      } else if (keyword == "anyOf") {
        expect(std::ranges::any_of(wanted, [&](const Json& sub) { return check(value, sub, at).empty(); }),
               "fits none of anyOf");
      } else if (keyword == "items") {
        for (std::size_t i = 0; value.is_array() && i < value.size(); ++i)
          merge(check(value[i], wanted, at + "/" + std::to_string(i)));
      } else if (keyword == "oneOf") {
        auto fit =
            std::ranges::count_if(wanted, [&](const Json& sub) { return check(value, sub, at).empty(); });
        expect(fit == 1, "fits " + std::to_string(fit) + " of oneOf");
      } else {
        expect(false, "unknown keyword " + keyword);
      }
    }
    return wrong;
  }

 private:
  static bool is_of_type(const Json& value, const std::string& type) {
    if (type == "object") return value.is_object();
    if (type == "array") return value.is_array();
    if (type == "string") return value.is_string();
    if (type == "boolean") return value.is_boolean();
    if (type == "number") return value.is_number();
    if (type == "integer") return value.is_number_integer();
    return type == "null" && value.is_null();
  }

  const Json& root_;
};

// What is wrong with the document, each with its place; empty if nothing is. A keyword that is not known here
// is wrong too, so that nothing in a schema is passed over.
inline std::vector<std::string> violations(std::string_view document, std::string_view schema) {
  auto root = nlohmann::json::parse(schema);
  return SchemaValidator(root).check(nlohmann::json::parse(document), root, "");
}

}  // namespace pyfw
