// Rules that were written by iptables in one network namespace, put into another one by their bytes: iptables
// shows the same there.

#include <fmt/format.h>

#include "base/strings.h"
#include "kernel/known_bytes.h"
#include "kernel/rule_texts.h"
#include "nf/iptables_save.h"
#include "nft/nft_change.h"
#include "nft/portable_rule.h"
#include "plan/table_change.h"
#include "sys/namespace_for_tests.h"

namespace pyfw {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class NftCommitLive : public InOwnNamespace {
 protected:
  static std::string program(Family family, const std::string& what) {
    return std::string(family == Family::kIpv4 ? "iptables" : "ip6tables") + "-nft-" + what;
  }
  static Ruleset rules_here(Family family) {
    auto text = sh(program(family, "save"));
    return expect(
        parse_iptables_save(std::make_shared<const Source>(Source{.name = "save", .text = std::move(text)})));
  }
  // Every rule of the recorded saves that means the same everywhere, in user chains of their own tables.
  static std::string portable_rules(const std::string& save) {
    std::string out;
    auto text = sh("cat " PYFW_SOURCE_DIR "/tests/golden/saves/" + save);
    for (auto line : split(text, '\n')) {
      if (line.starts_with("-A ")) {
        auto rule = line.substr(line.find(' ', 3) + 1);
        if (!is_portable(Rule{std::string(rule)})) continue;
      }
      out += std::string(line) + '\n';
    }
    return out;
  }
  // Commits all tables of `wanted` to this namespace, in which there is nothing yet.
  static void commit_all(Family family, const Ruleset& wanted, const KnownBytes& known) {
    auto nft = expect(NftRules::open());
    for (const auto& table : wanted.tables) {
      auto commits = commits_of_table(
          {.family = family, .live = nullptr, .desired = table, .foreign = {}, .matched = {}, .removed = {}},
          Backend::kNft);
      for (const auto& commit : commits) {
        const auto& lines = std::get<TableCommit>(commit);
        auto there = expect(nft.table_by_handles(family, table.name));
        auto change =
            nft_change_of(lines, there, [&](const std::string& text) { return known.find(family, text); });
        ASSERT_TRUE(change) << restore_input(lines);
        auto generation = expect(nft.generation());
        ASSERT_TRUE(
            expect(nft.commit(batch_of(*change, {.family = family, .table = table.name}, generation))));
      }
    }
  }
  static void enter_another() {
    if (unshare(CLONE_NEWNET) != 0) throw std::runtime_error("unshare");
  }
};

TEST_F(NftCommitLive, EveryPortableRuleIsTheSameElsewhere) {
  for (auto family : kFamilies) {
    auto name = family == Family::kIpv4 ? "extensions-nft.iptables-save" : "extensions-nft.ip6tables-save";
    enter_another();
    sh(program(family, "restore"), portable_rules(name));
    auto wanted = rules_here(family);
    auto saved = sh(program(family, "save") + " | grep -v '^#'");
    ASSERT_GT(std::ranges::count(saved, '\n'), 80);
    KnownBytes known;
    known.learn(family, wanted, std::make_shared<const NftImage>(expect(read_nft_image(family))),
                KnownBytes::Origin::kOther);
    enter_another();
    commit_all(family, wanted, known);
    EXPECT_EQ(sh(program(family, "save") + " | grep -v '^#'"), saved);
  }
}

TEST_F(NftCommitLive, CountersGoOnFromWhereTheyWere) {
  sh("iptables-nft -A INPUT -p tcp --dport 80 -j ACCEPT");
  auto wanted = rules_here(Family::kIpv4);
  KnownBytes known;
  known.learn(Family::kIpv4, wanted, std::make_shared<const NftImage>(expect(read_nft_image(Family::kIpv4))),
              KnownBytes::Origin::kOwn);
  auto nft = expect(NftRules::open());
  TableCommit commit{.table = "filter",
                     .lines = {{.chain = "INPUT",
                                .rule = wanted.tables.at(0).chains.at(0).rules.at(0),
                                .at = 1,
                                .counters = Counters{.packets = 7, .bytes = 700}}},
                     .sizes = {{"INPUT", 1}}};
  auto change = nft_change_of(commit, expect(nft.table_by_handles(Family::kIpv4, "filter")),
                              [&](const std::string& text) { return known.find(Family::kIpv4, text); });
  ASSERT_TRUE(change);
  ASSERT_TRUE(expect(
      nft.commit(batch_of(*change, {.family = Family::kIpv4, .table = "filter"}, expect(nft.generation())))));
  EXPECT_THAT(sh("iptables-nft-save -c"), HasSubstr("[7:700] -A INPUT -p tcp -m tcp --dport 80 -j ACCEPT\n"
                                                    "[0:0] -A INPUT -p tcp"));
}

TEST_F(NftCommitLive, NothingIsDoneAtAnotherGeneration) {
  sh("iptables-nft -A INPUT -j ACCEPT");
  auto nft = expect(NftRules::open());
  auto stale = expect(nft.generation());
  sh("iptables-nft -A INPUT -j DROP");
  auto before = sh("iptables-nft-save");
  NftChange change{.new_chains = {"mine"}};
  EXPECT_FALSE(expect(nft.commit(batch_of(change, {.family = Family::kIpv4, .table = "filter"}, stale))));
  EXPECT_EQ(sh("iptables-nft -S"),
            "-P INPUT ACCEPT\n-P FORWARD ACCEPT\n-P OUTPUT ACCEPT\n"
            "-A INPUT -j ACCEPT\n-A INPUT -j DROP\n");
}

TEST_F(NftCommitLive, ARefusedPartLeavesAllAsItWas) {
  sh("iptables-nft -A INPUT -j ACCEPT");
  auto nft = expect(NftRules::open());
  NftChange change{.new_chains = {"mine"}, .gone_rules = {{.chain = "INPUT", .handle = 4711}}};
  auto done =
      nft.commit(batch_of(change, {.family = Family::kIpv4, .table = "filter"}, expect(nft.generation())));
  ASSERT_FALSE(done);
  EXPECT_THAT(done.error().message, HasSubstr("part 2"));
  EXPECT_THAT(sh("iptables-nft -S"), Not(HasSubstr("mine")));
}

TEST_F(NftCommitLive, TextsOfBytesAreWhatIptablesSaveShows) {
  for (auto family : kFamilies) {
    auto name = family == Family::kIpv4 ? "extensions-nft.iptables-save" : "extensions-nft.ip6tables-save";
    enter_another();
    sh(program(family, "restore"), portable_rules(name));
    auto shown = rules_here(family);
    auto image = expect(read_nft_image(family));
    RuleTexts texts;
    for (const auto& table : shown.tables)
      for (const auto& chain : table.chains) {
        if (chain.rules.empty()) continue;
        const auto& bytes = image.at({table.name, chain.name});
        std::vector<NftRuleBytes> rules;
        for (std::size_t i = 0; i < bytes.size(); ++i) rules.push_back(bytes.rule(i));
        auto told = expect(texts.ask({.family = family, .table = table.name}, rules));
        ASSERT_TRUE(told) << table.name << " " << chain.name;
        EXPECT_EQ(*told, chain.rules);
      }
  }
}

TEST_F(NftCommitLive, TextsOfRulesWithSetsAreNotTold) {
  sh("ipset create some hash:ip; iptables-nft -A INPUT -m set --match-set some src -j DROP");
  auto image = expect(read_nft_image(Family::kIpv4));
  auto rule = image.at({"filter", "INPUT"}).rule(0);
  RuleTexts texts;
  EXPECT_FALSE(expect(texts.ask({.family = Family::kIpv4, .table = "filter"}, std::span(&rule, 1))));
}

}  // namespace
}  // namespace pyfw
