#include "show/json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "show/schema_for_tests.h"
#include "show/story_for_tests.h"

namespace pyfw {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

std::vector<std::string> violations_of_schema(const std::string& document) {
  std::ostringstream schema;
  schema << std::ifstream(PYFW_SOURCE_DIR "/docs/plan.schema.json").rdbuf();
  return violations(document, schema.str());
}

std::string story_json() {
  auto story = a_story();
  return as_json(describe(story.live, story.desired),
                 {.warnings = {"nothing jumps to web"}, .unrehearsed = {"a rule with -m nfacct"}});
}

TEST(AsJson, FitsItsSchema) {
  EXPECT_THAT(violations_of_schema(story_json()), IsEmpty());
  EXPECT_THAT(violations_of_schema(as_json({}, {})), IsEmpty());
  EXPECT_THAT(violations_of_schema(as_json({}, {}, Application{})), IsEmpty());
  EXPECT_THAT(violations_of_schema(as_json({}, {}, Application{.snapshot = "7", .confirm_until = "noon"})),
              IsEmpty());
}

// Else a schema that lets everything pass would do.
TEST(AsJson, AFieldThatItsSchemaDoesNotKnowIsFound) {
  auto original = story_json();
  for (std::string_view key :
       {"\"version\":", "\"family\":", "\"do\":", "\"before\":", "\"new\":", "\"added\":", "\"from\":",
        "\"in\":", "\"type\":", "\"gone\":", "\"reordered\":"}) {
    for (auto at = original.find(key); at != std::string::npos; at = original.find(key, at + 1)) {
      auto document = original;
      document.insert(at, "\"unknown\": 1, ");
      EXPECT_THAT(violations_of_schema(document), Not(IsEmpty())) << key << " at " << at;
    }
  }
}

TEST(AsJson, TellsWhatIsDoneToEachRule) {
  auto json = story_json();
  EXPECT_THAT(json, HasSubstr(R"(          "do": "move",
          "name": "reject_others",
          "text": "-m comment --comment reject_others -j REJECT --reject-with icmp-port-unreachable",
          "from": 2,
          "at": 10
)"));
  EXPECT_THAT(json, HasSubstr(R"(          "do": "replace",
          "name": "allow_office",
          "text": "-s 203.0.113.0/24 -p tcp -m tcp --dport 22 -m comment --comment allow_office -j ACCEPT",
          "before": "-s 198.51.100.0/24 -p tcp -m tcp --dport 22 -m comment --comment allow_office -j ACCEPT",
          "from": 3,
          "at": 3
)"));
  EXPECT_THAT(json, Not(HasSubstr("f2b")));  // an unchanged rule
}

TEST(AsJson, NothingToDoIsSaid) {
  EXPECT_THAT(as_json({}, {}), HasSubstr("\"nothing_to_do\": true"));
  EXPECT_THAT(story_json(), HasSubstr("\"nothing_to_do\": false"));
}

TEST(AsJson, BytesThatAreNoUtf8AreReplaced) {
  Desired desired;
  ensure_chain(desired.state.iptables, "filter", "INPUT").rules = {wish("a\xff", "", "DROP")};
  auto json = as_json(describe({}, desired), {.warnings = {"\xc3"}});
  EXPECT_THAT(json, HasSubstr("\"a\xef\xbf\xbd\""));
  EXPECT_THAT(violations_of_schema(json), IsEmpty());
}

}  // namespace
}  // namespace pyfw
