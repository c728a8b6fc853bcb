// Checks JSON documents against a JSON schema (draft 2020-12), as far as pyfw's own schemas use it.
//
//   EXPECT_THAT(violations(R"({"version": 1})", read("docs/plan.schema.json")), IsEmpty());

#pragma once

#include <algorithm>
#include <nlohmann/json.hpp>
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
      } else if (keyword == "additionalProperties" && wanted == false) {
        if (!value.is_object()) continue;
        for (const auto& [key, unused] : value.items())
          expect(schema.at("properties").contains(key), "does not know " + key);
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
