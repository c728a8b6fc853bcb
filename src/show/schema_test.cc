#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "show/schema_for_tests.h"

namespace pyfw {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

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
