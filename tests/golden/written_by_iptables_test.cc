// Each rule that iptables-nft writes from the saved texts is known as its own.

#include <fmt/format.h>

#include <set>

#include "base/strings.h"
#include "nf/iptables_save.h"
#include "nft/native_rules.h"
#include "sys/namespace_for_tests.h"
#include "tests/golden/saves.h"

namespace pyfw::golden {
namespace {

class WrittenByIptables : public InOwnNamespace, public testing::WithParamInterface<Save> {
 protected:
  static bool restored(const std::string& text) {
    auto program = std::string(program_of(GetParam().family)) + "-nft-restore --noflush";
    auto outcome = run({"/bin/sh", "-c", program}, {.input = text});
    return outcome && outcome->status == 0;
  }

  // Those that the rules name, of types that suit most of them.
  static void create_sets(std::string_view text) {
    constexpr std::pair<std::string_view, std::string_view> kTypes[] = {
        {"nets", "hash:net"},
        {"pairs", "hash:ip,port"},
        {"counted", "hash:ip counters"},
        {"timed", "hash:ip timeout 60"},
        {"skb", "hash:ip skbinfo"},
    };
    std::set<std::string> names;
    for (auto line : split(text, '\n')) {
      for (const char* option : {"--match-set ", "--add-set ", "--del-set ", "--map-set "})
        for (auto at = line.find(option); at != std::string_view::npos; at = line.find(option, at + 1)) {
          auto rest = line.substr(at + std::string_view(option).size());
          names.emplace(rest.substr(0, rest.find(' ')));
        }
    }
    for (const auto& name : names) {
      std::string type = "hash:ip";
      for (auto [set, of_type] : kTypes)
        if (set == name) type = of_type;
      sh(fmt::format("ipset create {} {}{}", name, type,
                     GetParam().family == Family::kIpv6 ? " family inet6" : ""));
    }
  }
};

TEST_P(WrittenByIptables, IsNotTakenForNative) {
  create_sets(GetParam().source->text);
  auto wanted = parse_iptables_save(GetParam().source);
  ASSERT_TRUE(wanted);
  int taken = 0;
  for (const auto& table : wanted->tables) {
    std::string chains = "*" + table.name + "\n";
    for (const auto& chain : table.chains)
      if (!is_builtin(table.name, chain.name)) chains += fmt::format("-N {}\n", chain.name);
    if (!restored(chains + "COMMIT\n")) continue;
    // One by one, since other kernels lack some extension or other.
    for (const auto& chain : table.chains)
      for (const auto& rule : chain.rules) {
        if (!restored(fmt::format("*{}\n-A {} {}\nCOMMIT\n", table.name, chain.name, rule.text))) continue;
        ++taken;
        auto checked = refuse_native_rules(GetParam().family);
        ASSERT_TRUE(checked) << rule.text << '\n' << render(checked.error());
      }
  }
  if (taken == 0) GTEST_SKIP() << "this kernel takes none of them";
}

INSTANTIATE_TEST_SUITE_P(Saves, WrittenByIptables,
                         testing::ValuesIn(saves_called({".iptables-save", ".ip6tables-save"})),
                         [](const auto& test) { return test_name(test.param); });

}  // namespace
}  // namespace pyfw::golden
