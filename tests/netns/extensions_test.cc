// A rule of every match and target extension that this kernel takes, in the tools' own spelling and in that
// of a named wish: once applied, it is there, and nothing is left to do.

#include <fmt/format.h>

#include <set>

#include "golden/saves.h"
#include "live.h"
#include "nf/iptables_save.h"

namespace pyfw::netns {
namespace {

constexpr std::string_view kSets =
    "ipset create ips hash:ip; ipset create nets hash:net; ipset create pairs hash:ip,port; "
    "ipset create counted hash:ip counters; ipset create timed hash:ip timeout 60; "
    "ipset create skb hash:ip skbinfo; ipset create ips6 hash:ip family inet6";

class Extensions : public LiveTest {
 protected:
  // The rules that this kernel takes, chain by chain.
  Ruleset taken(const golden::Save& save) const {
    Ruleset taken;
    auto all = parse_iptables_save(save.source);
    for (const auto& table : all->tables) {
      for (const auto& chain : table.chains) ensure_chain(taken, table.name, chain.name);
      for (const auto& chain : table.chains) {
        for (const auto& rule : chain.rules) {
          Ruleset one;
          for (const auto& other : table.chains) ensure_chain(one, table.name, other.name);
          ensure_chain(one, table.name, chain.name).rules = {rule};
          auto restored = host().run({"/usr/sbin/" + std::string(program_of(save.family)) + "-restore"},
                                     {.input = write_iptables_save(one)});
          if (restored && restored->status == 0 && !target_of(rule).empty())
            ensure_chain(taken, table.name, chain.name).rules.push_back(rule);
        }
      }
    }
    return taken;
  }

  static std::string wishes_of(const Ruleset& ruleset, Family family, bool with_names) {
    std::string out = fmt::format("  {}:\n", program_of(family));
    for (const auto& table : ruleset.tables) {
      out += fmt::format("    {}:\n", table.name);
      for (const auto& chain : table.chains) {
        out += fmt::format("      {}:\n        rules:{}\n", chain.name, chain.rules.empty() ? " []" : "");
        std::set<std::string> seen;
        int number = 0;
        for (const auto& rule : chain.rules) {
          if (!seen.insert(rule.text).second) continue;
          std::string quoted;
          for (char c : rule.text) quoted += c == '\'' ? std::string("''") : std::string(1, c);
          bool named = with_names && comments_of(rule).empty();
          out += named ? fmt::format("        - rule{}: '{}'\n", ++number, quoted)
                       : fmt::format("        - '{}'\n", quoted);
        }
      }
    }
    return out;
  }
};

TEST_P(Extensions, StayFulfilledOnceApplied) {
  sh(std::string(kSets));
  auto sign = is_legacy() ? "-legacy." : "-nft.";
  std::size_t rules = 0;
  for (bool with_names : {false, true}) {
    std::string wishes = "pyfw_wishes:\n";
    for (const auto& save : golden::saves_called({"iptables-save", "ip6tables-save"})) {
      if (save.name.find(sign) == std::string::npos) continue;
      auto ruleset = taken(save);
      restore("*filter\nCOMMIT\n*mangle\nCOMMIT\n*nat\nCOMMIT\n*raw\nCOMMIT\n*security\nCOMMIT\n",
              std::string(program_of(save.family)));
      for (const auto& table : ruleset.tables)
        for (const auto& chain : table.chains) rules += chain.rules.size();
      wishes += wishes_of(ruleset, save.family, with_names);
    }
    wish(wishes);
    auto run = pyfw({"apply"});
    ASSERT_EQ(run.status, 0) << run.err;
    EXPECT_EQ(pyfw({"plan"}).out, kNothingPlanned);
    wish("pyfw_wishes: {}\n");
    EXPECT_EQ(pyfw({"apply"}).status, 0);
    EXPECT_EQ(pyfw({"plan"}).out, kNothingPlanned);
  }
  EXPECT_GT(rules, 300);
}

PYFW_ON_BOTH_BACKENDS(Extensions);

}  // namespace
}  // namespace pyfw::netns
