// The recorded rules of iptables 1.8.9, one at least for each of its extensions.

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

#include "base/contains.h"
#include "ext/encounters_for_tests.h"
#include "ext/rows.h"
#include "nf/iptables_save.h"

namespace pyfw {
namespace {

namespace fs = std::filesystem;

struct Recorded {
  Family family = Family::kIpv4;
  Rule rule;
};

std::string read(const fs::path& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::vector<Recorded> recorded_rules() {
  std::vector<Recorded> rules;
  for (const auto& entry : fs::directory_iterator(PYFW_SOURCE_DIR "/tests/golden/saves")) {
    auto name = entry.path().filename().string();
    if (!name.starts_with("extensions-")) continue;
    auto family = name.ends_with(".ip6tables-save") ? Family::kIpv6 : Family::kIpv4;
    auto source = std::make_shared<const Source>(Source{.name = name, .text = read(entry.path())});
    auto ruleset = parse_iptables_save(source);
    EXPECT_TRUE(ruleset) << name;
    for (const auto& table : ruleset->tables)
      for (const auto& chain : table.chains)
        for (const auto& rule : chain.rules) rules.push_back({family, rule});
  }
  return rules;
}

// The words behind -m, and behind -j.
std::vector<std::string> named_by(const Rule& rule, std::string_view option) {
  std::vector<std::string> names;
  auto words = tokens_of(rule);
  for (std::size_t i = 0; i + 1 < words.size(); ++i) {
    if (words[i] == option) names.push_back(words[i + 1]);
    if (words[i] == "--comment") ++i;
  }
  return names;
}

bool is_misread(const Condition& condition) {
  const auto* unknowable = std::get_if<Unknowable>(&condition.kind);
  return unknowable != nullptr && unknowable->reason.starts_with("nobody here knows");
}

TEST(RecordedRules, EveryOptionIsRead) {
  auto rules = recorded_rules();
  ASSERT_GT(rules.size(), 400U);
  for (const auto& [family, rule] : rules)
    EXPECT_FALSE(std::ranges::any_of(compile(rule, family).conditions, is_misread)) << rule.text;
}

TEST(RecordedRules, WhatIsNotExactSaysSoWithItsText) {
  for (const auto& [family, rule] : recorded_rules()) {
    auto compiled = compile(rule, family);
    for (std::size_t i = 0; i < compiled.conditions.size(); ++i) {
      const auto* unknowable = std::get_if<Unknowable>(&compiled.conditions[i].kind);
      if (unknowable == nullptr) continue;
      EXPECT_FALSE(unknowable->reason.empty()) << rule.text;
      auto text = std::ranges::find_if(
          compiled.uncertain, [&](const UncertainMatch& match) { return match.first <= i && i < match.end; });
      ASSERT_NE(text, compiled.uncertain.end()) << rule.text;
      EXPECT_NE(rule_key(rule).find(text->text), std::string::npos) << rule.text << ": " << text->text;
      auto name = named_by(Rule{text->text}, "-m").front();
      const auto* row = find_match_row(name, family);
      ASSERT_NE(row, nullptr) << name;
      EXPECT_NE(row->precision, Precision::kExact) << rule.text;
    }
    if (const auto* effect = std::get_if<Unpredictable>(&compiled.target)) {
      EXPECT_TRUE(rule.text.ends_with(effect->text) && !effect->text.empty()) << rule.text;
      auto name = named_by(Rule{effect->text}, "-j").front();
      const auto* row = find_target_row(name, family);
      ASSERT_NE(row, nullptr) << name;
      EXPECT_NE(row->precision, Precision::kExact) << rule.text;
    }
  }
}

TEST(RecordedRules, EachOfTheirExtensionsHasARow) {
  std::set<std::string> matches_seen;
  std::set<std::string> targets_seen;
  for (const auto& [family, rule] : recorded_rules()) {
    for (const auto& name : named_by(rule, "-m")) {
      EXPECT_NE(find_match_row(name, family), nullptr) << name;
      matches_seen.insert(name);
    }
    for (const auto& name : named_by(rule, "-j"))
      if (find_target_row(name, family) != nullptr) targets_seen.insert(name);
  }
  EXPECT_GE(matches_seen.size(), 55U);
  EXPECT_GE(targets_seen.size(), 35U);
}

TEST(Rows, AtLeast35MatchesAnd22TargetsAreExact) {
  auto exact = [](const auto& row) { return is_exact(row.precision); };
  EXPECT_GE(std::ranges::count_if(match_rows(), exact), 35);
  EXPECT_GE(std::ranges::count_if(target_rows(), exact), 22);
}

TEST(Rows, WhatIsNotExactSaysWhy) {
  for (const auto& row : match_rows())
    EXPECT_EQ(row.untold.empty(), row.precision == Precision::kExact) << row.name;
  for (const auto& row : target_rows())
    EXPECT_EQ(row.untold.empty(), row.precision == Precision::kExact) << row.name;
}

}  // namespace
}  // namespace pyfw
