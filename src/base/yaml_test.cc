#include "base/yaml.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

#include "base/strings.h"
#include "base/yaml_writer.h"

namespace pyfw {
namespace {

Result<YamlNode> parse(std::string text) {
  return parse_yaml(std::make_shared<Source>(Source{.name = "x.yaml", .text = std::move(text)}));
}

// "LINE:COLUMN" of the error.
std::string place_of_error(std::string text) {
  auto node = parse(std::move(text));
  if (node) return "no error";
  return where(*node.error().place).substr(std::string_view("x.yaml:").size());
}

TEST(ParseYaml, ATagIsRefusedSinceItWouldTakeTheExclamationMarkAway) {
  auto node = parse("a:\n- r: ! -s 10.0.0.0/8 -j DROP\n");
  ASSERT_FALSE(node);
  EXPECT_EQ(where(*node.error().place), "x.yaml:2:6");
  EXPECT_NE(node.error().hint.find("quotes"), std::string::npos);
  EXPECT_EQ(place_of_error("a: !!str x\n"), "1:4");
  EXPECT_EQ(place_of_error("a: !x [1]\n"), "1:4");
}

TEST(ParseYaml, AnchorsAliasesDirectivesAndSecondDocumentsAreRefused) {
  EXPECT_EQ(place_of_error("a: &x 1\nb: *x\n"), "1:4");
  EXPECT_EQ(place_of_error("a: *x\n"), "1:4");
  EXPECT_NE(place_of_error("%YAML 1.1\n---\na: 1\n"), "no error");
  EXPECT_EQ(place_of_error("a: 1\n---\nb: 1\n"), "2:1");
}

TEST(ParseYaml, AKeyThatStandsTwiceIsRefusedAtTheSecond) {
  auto node = parse("a: 1\nb: 2\na: 3\n");
  ASSERT_FALSE(node);
  EXPECT_EQ(where(*node.error().place), "x.yaml:3:1");
  EXPECT_NE(node.error().hint.find("x.yaml:1:1"), std::string::npos);
}

TEST(ParseYaml, NestsAsDeepAsAnySaneFileAndNoDeeper) {
  auto nested = [](std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
  EXPECT_TRUE(parse(nested(kDeepestYaml)));
  EXPECT_FALSE(parse(nested(kDeepestYaml + 2)));
  EXPECT_FALSE(parse(std::string(100'000, '[')));
}

TEST(ParseYaml, BytesThatAreNoTextAreRefusedAtTheirPlace) {
  EXPECT_EQ(place_of_error("a: 1\nbü: \xff\n"), "2:5");
  EXPECT_NE(place_of_error("a: \"x\\0y\"\n"), "no error");
  EXPECT_NE(place_of_error(std::string("a: \0", 4)), "no error");
}

TEST(ParseYaml, LineBreaksThatNoEditorShowsAreRefused) {
  for (const char* text : {"a: 1\rb: 2", "a: 1\xc2\x85", "a: 1\xe2\x80\xa8"})
    EXPECT_EQ(place_of_error(text), "1:5");
  EXPECT_TRUE(parse("a: 1\r\nb: 2\r\n"));
}

TEST(ParseYaml, AnErrorAtTheEndIsStillInTheText) {
  for (const char* text : {"a", "py# x\nfile: {a: b", "a: [", "a: 'x", "\"", "- {", "a:\n - b\n c"}) {
    auto source = std::make_shared<Source>(Source{.name = "x.yaml", .text = text});
    auto node = parse_yaml(source);
    if (!node.has_value()) {
      EXPECT_LE(node.error().place->line, split(text, '\n').size()) << text;
    }
  }
}

TEST(ParseYaml, NodesKnowTheirPlaceInCharacters) {
  auto node = parse("größe: 'a b'\nliste:\n- x # y\n- \"#\"\n");
  ASSERT_TRUE(node);
  const auto& quoted = *node->find("größe");
  EXPECT_EQ(quoted.line, 1U);
  EXPECT_EQ(quoted.column, 9U);  // behind the quote
  EXPECT_EQ(quoted.length, 3U);
  EXPECT_TRUE(quoted.is_verbatim);
  const auto& list = *node->find("liste");
  EXPECT_TRUE(list.items[0].cut_by_comment);
  EXPECT_FALSE(list.items[1].cut_by_comment);
}

TEST(ParseYaml, AnEmptyDocumentIsNull) {
  for (const char* text : {"", "# nothing\n", "---\n", "~"}) EXPECT_TRUE(parse(text)->is_null()) << text;
  EXPECT_FALSE(parse("''")->is_null());
}

std::string written(const std::string& text) {
  YamlWriter yaml;
  yaml.begin_mapping();
  yaml.scalar("key");
  yaml.scalar(text);
  yaml.end_mapping();
  return yaml.finish();
}

TEST(YamlWriter, WritesATextOnOneLineHoweverLong) {
  std::string rule = "-m comment --comment \"" + std::string(300, 'x') + " a: b\" -j ACCEPT";
  auto text = written(rule);
  EXPECT_EQ(std::ranges::count(text, '\n'), 1);
  EXPECT_EQ(parse(text)->find("key")->text, rule);
}

TEST(YamlWriter, QuotesWhatOtherReadersWouldNotTakeForAText) {
  for (const char* text : {"", "yes", "No", "null", "~", "1", "1.5", "0x10", "12:30", "off", "1e3"})
    EXPECT_EQ(written(text), "key: '" + std::string(text) + "'\n");
  EXPECT_EQ(written("10.0.0.1"), "key: 10.0.0.1\n");
  EXPECT_EQ(written("-j DROP"), "key: -j DROP\n");
}

TEST(YamlWriter, BytesThatAreNoTextBecomeVisible) {
  EXPECT_EQ(parse(written("a\xff"))->find("key")->text, "a\\xff");
}

RC_GTEST_PROP(YamlWriter, AnyTextOfOneLineIsReadBack, ()) {
  auto text = *rc::gen::container<std::string>(rc::gen::element(
      'a', ' ', '"', '\'', '\\', ':', '#', '-', '!', '&', '*', '[', '{', '\t', '\x1b', '%', '@', ','));
  RC_ASSERT(parse(written(text))->find("key")->text == text);
}

}  // namespace
}  // namespace pyfw
