// docs/wishes.schema.json says of the structure of wishes files what the parser says.

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "base/strings.h"
#include "base/yaml.h"
#include "nf/ruleset.h"
#include "nf/set.h"
#include "show/schema_for_tests.h"
#include "wish/parse.h"

namespace pyfw {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using testing::IsEmpty;

std::string contents(const fs::path& path) {
  std::ostringstream out;
  out << std::ifstream(path).rdbuf();
  return out.str();
}

const json& wishes_schema() {
  static const json schema = json::parse(contents(PYFW_SOURCE_DIR "/docs/wishes.schema.json"));
  return schema;
}

std::vector<std::string> wrong_in(const json& document) {
  return SchemaValidator(wishes_schema()).check(document, wishes_schema(), "");
}

std::shared_ptr<const Source> as_file(std::string text) {
  return std::make_shared<Source>(Source{.name = "wishes.yaml", .text = std::move(text)});
}

Result<Wishes> parsed(std::string text) {
  return parse_wishes({as_file(std::move(text))}, [](const Source&, const Located& path) {
    return Result<std::shared_ptr<const Source>>(
        std::make_shared<Source>(Source{.name = path.text, .text = "10.0.0.1\n"}));
  });
}

// As an editor takes YAML: by the core schema of YAML 1.2.
json as_json(const YamlNode& node) {
  if (node.is_null()) return nullptr;
  if (node.is_sequence()) {
    auto out = json::array();
    for (const auto& item : node.items) out.push_back(as_json(item));
    return out;
  }
  if (node.is_mapping()) {
    auto out = json::object();
    for (std::size_t i = 0; i < node.items.size(); i += 2)
      out[node.items[i].text] = as_json(node.items[i + 1]);
    return out;
  }
  if (node.is_plain && (node.text == "true" || node.text == "false")) return node.text == "true";
  if (node.is_plain && node.text.size() < 10 && parse_number(node.text)) return *parse_number(node.text);
  return node.text;
}

// All wishes that stand in the repository: files of YAML, and blocks of YAML within documents and tests.
std::vector<std::string> wishes_at_hand() {
  std::vector<std::string> out;
  for (const auto* folder : {"docs", "examples", "packaging", "tests", "src/wish", "man"})
    for (const auto& entry : fs::recursive_directory_iterator(fs::path(PYFW_SOURCE_DIR) / folder)) {
      auto kind = entry.path().extension();
      if (kind == ".yaml" || (kind == "" && entry.path().parent_path().filename() == "wishes")) {
        out.push_back(contents(entry.path()));
        continue;
      }
      if (kind != ".md" && kind != ".cc") continue;
      auto text = contents(entry.path());
      std::string end = kind == ".md" ? "\n```" : ")\"";
      for (std::size_t at = 1; (at = text.find("pyfw_wishes:", at)) != std::string::npos; ++at)
        if (text[at - 1] == '\n' || text[at - 1] == '(')
          out.push_back(text.substr(at, text.find(end, at) - at));
    }
  return out;
}

TEST(WishesSchema, TakesAllWishesAtHandThatTheParserTakes) {
  int taken = 0;
  for (const auto& text : wishes_at_hand()) {
    auto wishes = parsed(text);
    if (!wishes) continue;
    ++taken;
    EXPECT_THAT(wrong_in(as_json(parse_yaml(as_file(text)).value())), IsEmpty()) << text;
  }
  EXPECT_GT(taken, 50);
}

TEST(WishesSchema, KnowsTheTypesOptionsAndTablesThatTheParserKnows) {
  const auto& set = wishes_schema()["$defs"]["set"]["properties"];
  std::vector<std::string> types(set_types().begin(), set_types().end());
  EXPECT_EQ(set["type"]["enum"], json(types));
  EXPECT_EQ(set["options"]["properties"].size(), set_option_names().size());
  for (auto option : set_option_names())
    EXPECT_TRUE(set["options"]["properties"].contains(std::string(option)));
  const auto& tables = wishes_schema()["$defs"]["tables"]["properties"];
  EXPECT_EQ(tables.size(), table_names().size());
  for (auto table : table_names())
    for (auto chain : builtin_chains("mangle"))
      EXPECT_EQ(tables[std::string(table)]["properties"][std::string(chain)] != false,
                is_builtin(table, chain))
          << table << chain;
}

// What the parser refuses though the structure is right: it looks into texts, and at two places at once.
constexpr std::array kOfTexts = {
    "beside all its members",
    "is no endpoint",
    "not a regular expression",
    "unknown chain",
    "is true or false",
    "needs a port",
    "is no port",
    "is no address",
    "stands here a second time",
    "two expectations are called",
};

json everything() {
  return json::parse(R"({"pyfw_wishes": {
    "vars": {"office": "203.0.113.0/24", "port": 22},
    "ipsets": {
      "a": {"type": "hash:ip", "options": {"maxelem": 100, "counters": true}, "members_equal": ["192.0.2.1"]},
      "b": {"type": "bitmap:port", "options": {"range": "1-9"}, "members_include": [8], "members_exclude": [9]},
      "c": {"type": "hash:net", "members_file": "list"}},
    "iptables": {"filter": {
      "INPUT": {"default_action": "DROP", "rules": [{"ssh": "-p tcp -j ACCEPT"}, "-j LOG", {"~match": "LIBVIRT"},
                {"~rest": null}, {"~absent": "old"}]},
      "DOCKER-USER": {"rules_equal": [{"telnet": "-j DROP"}, "-j RETURN"]}},
      "nat": {"PREROUTING": {"rules": []}}},
    "ip6tables": {"mangle": {"FORWARD": null}},
    "ip46tables": null,
    "expectations": [
      {"one": {"from": "192.0.2.1", "to": "192.0.2.2:22", "is": "works"}},
      {"two": {"from": ["192.0.2.1", "set:a"], "to": "host:22", "is": "not works"}},
      {"three": {"from": {"any": null, "except": ["192.0.2.1"]}, "to": "host:22", "is": "dropped"}}]}})");
}

// Every place of a document.
void gather_places(const json& value, const json::json_pointer& at, std::vector<json::json_pointer>& places) {
  places.push_back(at);
  if (value.is_object())
    for (const auto& [key, item] : value.items()) gather_places(item, at / key, places);
  if (value.is_array())
    for (std::size_t i = 0; i < value.size(); ++i) gather_places(value[i], at / i, places);
}

// RapidCheck would print what it took, and takes JSON for a list of texts.
template <typename Values>
auto one_of(const Values& values) {
  return values[*rc::gen::inRange<std::size_t>(0, values.size())];
}

// One thing becomes something else: another value, another key, one more, one less.
json mutated(json document) {
  std::vector<json::json_pointer> places;
  gather_places(document, json::json_pointer(), places);
  auto place = one_of(places);
  auto& value = document[place];
  const std::vector<json> values = {
      nullptr,       "text",         "",       "-j DROP",           7,      true,
      json::array(), json::object(), {"text"}, {{"key", "text"}},   "DROP", "not works",
      "~rest",       "a b",          "${x}",   {{"~rest", nullptr}}};
  const std::vector<std::string> keys = {
      "vars",       "rules", "rules_equal",   "default_action", "type",    "from",
      "to",         "is",    "any",           "except",         "INPUT",   "FORWARD",
      "mine",       "~rest", "~match",        "~other",         "filter",  "a b",
      "-x",         "DROP",  "members_equal", "members_file",   "maxelem", "",
      "pyfw_wishes"};
  auto way = *rc::gen::inRange(0, 4);
  if (way == 0 || value.is_primitive() || value.empty()) {
    value = one_of(values);
  } else if (value.is_array()) {
    if (way == 1) value.erase(0U);
    if (way == 2) value.push_back(one_of(values));
    if (way == 3) value.push_back(value[0]);
  } else {
    auto key = one_of(keys);
    auto first = value.begin().key();
    if (way == 1) value.erase(first);
    if (way == 2) value[key] = one_of(values);
    if (way == 3) {
      auto moved = value[first];
      value.erase(first);
      value[key] = moved;
    }
  }
  return document;
}

RC_GTEST_PROP(WishesSchema, SaysOfChangedWishesWhatTheParserSays, ()) {
  auto document = everything();
  for (int changes = *rc::gen::inRange(1, 4); changes > 0; --changes) document = mutated(std::move(document));
  // JSON is YAML.
  auto wishes = parsed(document.dump(1));
  auto wrong = wrong_in(document);
  if (wishes) RC_ASSERT(wrong == std::vector<std::string>{});
  if (!wishes && wrong.empty()) {
    const auto& message = wishes.error().message;
    if (!std::ranges::any_of(kOfTexts, [&](auto* known) { return message.find(known) != std::string::npos; }))
      RC_FAIL(fmt::format("the parser says: {}\n{}", message, document.dump(1)));
  }
}

}  // namespace
}  // namespace pyfw
