#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "show/schema_for_tests.h"

namespace pyfw {
namespace {

using Json = nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

bool is_of_type(const Json& value, const std::string& type) {
  if (type == "object") return value.is_object();
  if (type == "array") return value.is_array();
  if (type == "string") return value.is_string();
  if (type == "boolean") return value.is_boolean();
  if (type == "integer") return value.is_number_integer();
  return type == "null" && value.is_null();
}

class Validator {
 public:
  explicit Validator(const Json& root) : root_(root) {}

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
  const Json& root_;
};

}  // namespace

std::vector<std::string> violations(std::string_view document, std::string_view schema) {
  auto root = Json::parse(schema);
  return Validator(root).check(Json::parse(document), root, "");
}

namespace {

constexpr std::string_view kSchema = R"({
  "type": "object", "required": ["a"], "additionalProperties": false,
  "properties": {
    "a": {"type": ["integer", "null"], "minimum": 1},
    "b": {"type": "array", "items": {"$ref": "#/$defs/word"}},
    "c": {"oneOf": [{"const": "x"}, {"$ref": "#/$defs/word"}]}},
  "$defs": {"word": {"enum": ["x", "y"]}}})";

TEST(Violations, ThereAreNoneInADocumentThatFits) {
  EXPECT_THAT(violations(R"({"a": 1, "b": ["x", "y"], "c": "y"})", kSchema), IsEmpty());
  EXPECT_THAT(violations(R"({"a": null})", kSchema), IsEmpty());
}

TEST(Violations, EachKeywordFindsWhatIsWrong) {
  EXPECT_THAT(violations("{}", kSchema), ElementsAre(": lacks a"));
  EXPECT_THAT(violations(R"({"a": 1, "d": 1})", kSchema), ElementsAre(": does not know d"));
  EXPECT_THAT(violations(R"({"a": "1"})", kSchema), ElementsAre("/a: wrong type"));
  EXPECT_THAT(violations(R"({"a": 0})", kSchema), ElementsAre("/a: is less than 1"));
  EXPECT_THAT(violations(R"({"a": 1, "b": ["x", "z"]})", kSchema),
              ElementsAre(HasSubstr("/b/1: is none of")));
  EXPECT_THAT(violations(R"({"a": 1, "c": "x"})", kSchema), ElementsAre("/c: fits 2 of oneOf"));
  EXPECT_THAT(violations("[]", R"({"const": {}})"), ElementsAre(": is not {}"));
}

TEST(Violations, AKeywordThatIsNotCheckedIsWrong) {
  EXPECT_THAT(violations("1", R"({"maximum": 2})"), ElementsAre(": unknown keyword maximum"));
}

}  // namespace
}  // namespace pyfw
