// The saved texts against the real programs, each in a scratch namespace.

#include <gtest/gtest.h>

#include "kernel/scratch.h"
#include "nf/ipset_save.h"
#include "nf/iptables_save.h"
#include "nf/tokens.h"
#include "tests/golden/saves.h"

namespace pyfw::golden {
namespace {

std::shared_ptr<const Source> source_of(std::string text) {
  return std::make_shared<Source>(Source{.name = "live", .text = std::move(text)});
}

// What the extensions' rules refer to.
constexpr std::string_view kSets =
    "create ips hash:ip\ncreate nets hash:net\ncreate pairs hash:ip,port\ncreate counted hash:ip counters\n"
    "create timed hash:ip timeout 60\ncreate skb hash:ip skbinfo\ncreate ips6 hash:ip family inet6\n";

class LiveExtensions : public testing::TestWithParam<Save> {
 protected:
  void SetUp() override {
    auto backend = GetParam().name.find("-nft.") != std::string::npos ? "-nft" : "-legacy";
    auto program = std::string(program_of(GetParam().family)) + backend;
    auto restore = find_program(program + "-restore");
    auto save = find_program(program + "-save");
    auto ipset = find_program("ipset");
    auto made = Scratch::make();
    if (!restore || !save || !ipset || !made)
      GTEST_SKIP() << program << " or a namespace is not to be had here";
    restore_ = *restore;
    save_ = *save;
    scratch_.emplace(std::move(*made));
    ASSERT_EQ(scratch_->run({*ipset, "restore"}, kSets)->status, 0);
  }

  bool restored(const Ruleset& ruleset) const {
    return scratch_->run({restore_}, write_iptables_save(ruleset))->status == 0;
  }
  std::string saved() const { return without_counters(scratch_->run({save_})->out); }

  // Other kernels lack some extension or other: the rules that this one takes.
  Ruleset taken(const Ruleset& wanted) const {
    if (restored(wanted)) return wanted;
    Ruleset taken = wanted;
    for (std::size_t t = 0; t < wanted.tables.size(); ++t) {
      Ruleset one{.tables = {wanted.tables[t]}};
      for (auto& chain : one.tables[0].chains) chain.rules.clear();
      for (std::size_t c = 0; c < wanted.tables[t].chains.size(); ++c) {
        std::erase_if(taken.tables[t].chains[c].rules, [&](const Rule& rule) {
          one.tables[0].chains[c].rules = {rule};
          return !restored(one);
        });
        one.tables[0].chains[c].rules.clear();
      }
      for (auto& chain : one.tables[0].chains) chain.rules.clear();
      restored(one);
    }
    return taken;
  }

  std::optional<Scratch> scratch_;
  std::string restore_;
  std::string save_;
};

TEST_P(LiveExtensions, WhatIsSavedReadAndWrittenWordByWordIsRestoredToTheSame) {
  auto wanted = parse_iptables_save(GetParam().source);
  ASSERT_TRUE(wanted);
  ASSERT_TRUE(restored(taken(*wanted)));
  auto first = saved();
  EXPECT_GT(std::ranges::count(first, '\n'), 50) << first;

  auto ruleset = parse_iptables_save(source_of(first));
  ASSERT_TRUE(ruleset) << render(ruleset.error());
  auto rewritten = *ruleset;
  for (auto& table : rewritten.tables)
    for (auto& chain : table.chains)
      for (auto& rule : chain.rules) rule.text = write_tokens(tokens_of(rule));
  auto outcome = scratch_->run({restore_}, write_iptables_save(rewritten));
  ASSERT_TRUE(outcome);
  ASSERT_EQ(outcome->status, 0) << outcome->err;
  EXPECT_EQ(saved(), first);
}

INSTANTIATE_TEST_SUITE_P(Extensions, LiveExtensions, testing::ValuesIn([] {
                           auto saves = saves_called({".iptables-save", ".ip6tables-save"});
                           std::erase_if(
                               saves, [](const Save& save) { return !save.name.starts_with("extensions-"); });
                           return saves;
                         }()),
                         [](const auto& test) { return test_name(test.param); });

TEST(LiveSets, EachMemberOfEachTypeIsAddedWordByWordAndSavedTheSame) {
  auto ipset = find_program("ipset");
  auto scratch = Scratch::make();
  if (!ipset || !scratch) GTEST_SKIP() << "ipset or a namespace is not to be had here";
  int taken = 0;
  for (const auto& save : saves_called({"kernel-6.18.ipset-save"})) {
    auto sets = parse_ipset_save(save.source);
    ASSERT_TRUE(sets);
    for (const auto& set : *sets) {
      auto header = tokenise_ipset(set.header);
      std::vector<std::string> create = {*ipset, "create", set.name, set.type};
      create.insert(create.end(), header.begin(), header.end());
      if (scratch->run(create)->status != 0) continue;  // a type that this kernel lacks
      ++taken;
      for (const auto& member : set.members) {
        std::vector<std::string> add = {*ipset, "add", set.name};
        for (auto& word : tokenise_ipset(member)) add.push_back(std::move(word));
        auto outcome = scratch->run(add);
        EXPECT_EQ(outcome->status, 0) << outcome->err;
      }
      auto live = parse_ipset_save(source_of(scratch->run({*ipset, "save", set.name})->out));
      ASSERT_TRUE(live);
      ASSERT_EQ(live->size(), 1U);
      EXPECT_EQ((*live)[0].header, set.header);
      auto sorted = [](std::vector<std::string> members) {
        std::ranges::sort(members);
        return members;
      };
      EXPECT_EQ(sorted((*live)[0].members), sorted(set.members));
    }
  }
  EXPECT_GT(taken, 5);
}

}  // namespace
}  // namespace pyfw::golden
