#include "tests/golden/saves.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "host/state_document.h"
#include "nf/ipset_save.h"
#include "nf/iptables_save.h"
#include "nf/tokens.h"
#include "wish/words.h"

namespace pyfw::golden {
namespace {

class IptablesSave : public testing::TestWithParam<Save> {
 protected:
  void SetUp() override {
    auto parsed = parse_iptables_save(GetParam().source);
    ASSERT_TRUE(parsed) << render(parsed.error());
    ruleset = *parsed;
  }

  void for_each_rule(auto visit) const {
    for (const auto& table : ruleset.tables)
      for (const auto& chain : table.chains)
        for (const auto& rule : chain.rules) visit(rule);
  }

  Ruleset ruleset;
};

TEST_P(IptablesSave, IsWrittenBackToTheSameBytes) {
  EXPECT_EQ(write_iptables_save(ruleset), without_counters(GetParam().source->text));
}

TEST_P(IptablesSave, EachRuleKeepsItsWordsAndItsKeyWhenItIsWritten) {
  for_each_rule([](const Rule& rule) {
    auto words = tokens_of(rule);
    EXPECT_EQ(tokenise_saved(write_tokens(words)), words) << rule.text;
    EXPECT_EQ(rule_key(Rule{write_tokens(words)}), rule_key(rule));
  });
}

TEST_P(IptablesSave, SurvivesAStateDocument) {
  HostState host;
  ruleset_of(host.state, GetParam().family) = ruleset;
  auto back =
      parse_state_yaml(std::make_shared<Source>(Source{.name = "doc", .text = write_state_yaml(host)}));
  ASSERT_TRUE(back) << render(back.error());
  for (const auto& table : ruleset.tables)
    for (const auto& chain : table.chains)
      EXPECT_EQ(*find_chain(ruleset_of(back->state, GetParam().family), table.name, chain.name), chain);
}

// An owner may paste what iptables-save shows into the wishes.
TEST_P(IptablesSave, EachRuleCanBeWishedAsItStands) {
  for_each_rule([](const Rule& rule) {
    std::vector<Word> words;
    for (auto& token : tokens_of(rule)) words.push_back({.text = token, .place = {}});
    auto read = check_words(words, GetParam().family);
    ASSERT_TRUE(read) << rule.text << '\n' << render(read.error());
    EXPECT_EQ(read->tokens, tokens_of(rule));
    EXPECT_EQ(read->targets.empty() ? "" : read->targets[0].text, target_of(rule)) << rule.text;
  });
}

INSTANTIATE_TEST_SUITE_P(Saves, IptablesSave,
                         testing::ValuesIn(saves_called({".iptables-save", ".ip6tables-save"})),
                         [](const auto& test) { return test_name(test.param); });

class IpsetSave : public testing::TestWithParam<Save> {};

TEST_P(IpsetSave, IsWrittenBackToTheSameBytes) {
  auto sets = parse_ipset_save(GetParam().source);
  ASSERT_TRUE(sets) << render(sets.error());
  EXPECT_EQ(write_ipset_save(*sets), GetParam().source->text);
}

TEST_P(IpsetSave, EachOptionAndEachExtraOfAMemberIsKnownByName) {
  auto sets = parse_ipset_save(GetParam().source);
  ASSERT_TRUE(sets);
  for (const auto& set : *sets) {
    EXPECT_THAT(set_types(), testing::Contains(set.type));
    for (const auto& [option, value] : options_of(set.header)) {
      EXPECT_THAT(set_option_names(), testing::Contains(option));
      EXPECT_EQ(value.empty(), is_set_flag(option)) << set.header;
    }
    for (const auto& text : set.members) {
      for (const auto& [extra, value] : parse_member(text).extras) {
        EXPECT_THAT(
            (std::set<std::string>{"nomatch", "wildcard", "comment", "skbmark", "skbprio", "skbqueue"}),
            testing::Contains(extra));
        EXPECT_EQ(value.empty(), extra == "nomatch" || extra == "wildcard") << text;
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Saves, IpsetSave, testing::ValuesIn(saves_called({".ipset-save"})),
                         [](const auto& test) { return test_name(test.param); });

TEST(IpsetSaves, HaveEveryTypeAndEveryOptionThatIsEverSaved) {
  std::set<std::string, std::less<>> types;
  std::set<std::string, std::less<>> options;
  for (const auto& save : saves_called({".ipset-save"})) {
    auto sets = parse_ipset_save(save.source);
    for (const auto& set : *sets) {
      types.insert(set.type);
      for (const auto& [option, value] : options_of(set.header)) options.insert(option);
    }
  }
  for (auto type : set_types()) EXPECT_TRUE(types.contains(type)) << type;
  // ipset save leaves it out.
  options.insert("forceadd");
  for (auto option : set_option_names()) EXPECT_TRUE(options.contains(option)) << option;
}

}  // namespace
}  // namespace pyfw::golden
