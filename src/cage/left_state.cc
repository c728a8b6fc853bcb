#include "cage/left_state.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/contains.h"
#include "base/strings.h"
#include "kernel/read_saved.h"
#include "sys/programs.h"

namespace pyfw {
namespace {

bool has_rules(const Ruleset& ruleset) {
  return std::ranges::any_of(ruleset.tables, [](const Table& table) {
    return std::ranges::any_of(table.chains, [](const Chain& chain) {
      return !chain.rules.empty() || chain.policy.value_or("ACCEPT") != "ACCEPT";
    });
  });
}

Result<bool> has_rules_on(const CagedNamespaces& there, Backend backend, const RunProgram& run) {
  for (auto family : kFamilies) {
    if (backend == Backend::kLegacy) {
      // To ask for tables that are not there makes them, on the host by loading modules.
      const char* names =
          family == Family::kIpv4 ? "/proc/net/ip_tables_names" : "/proc/net/ip6_tables_names";
      TRY(auto listed, there.run({"/bin/cat", names}));
      if (listed.out.empty()) continue;
    }
    // Where such programs are not there, no script has used them.
    auto program = program_for(family, backend, "save");
    if (!program) continue;
    TRY(auto ruleset, read_rules(*program, run));
    if (has_rules(ruleset)) return true;
  }
  return false;
}

Result<std::vector<std::string>> find_own_tables(const CagedNamespaces& there) {
  auto nft = find_program("nft");
  if (!nft) return std::vector<std::string>();
  TRY(auto listed, there.run({*nft, "list", "tables"}));
  return own_tables_of_nft(listed.out);
}

Result<std::vector<std::string>> find_own_routing(const CagedNamespaces& there) {
  std::vector<std::string> out;
  auto ip = find_program("ip");
  if (!ip) return out;
  for (auto family : kFamilies) {
    TRY(auto listed, there.run({*ip, family == Family::kIpv4 ? "-4" : "-6", "rule", "show"}));
    for (auto& rule : own_rules_of_routing(family, listed.out)) out.push_back(std::move(rule));
  }
  return out;
}

}  // namespace

std::vector<std::string> own_rules_of_routing(Family family, std::string_view listed) {
  constexpr std::array<std::string_view, 3> kUsual = {
      "0: from all lookup local", "32766: from all lookup main", "32767: from all lookup default"};
  std::vector<std::string> rules;
  for (auto line : split(listed, '\n')) {
    std::string rule(trim(line));
    std::ranges::replace(rule, '\t', ' ');
    if (rule.empty() || contains(kUsual, std::string_view(rule))) continue;
    rules.push_back(fmt::format("`ip {}rule add {}`", family == Family::kIpv6 ? "-6 " : "",
                                rule.substr(rule.find(' ') + 1)));
  }
  return rules;
}

std::vector<std::string> own_tables_of_nft(std::string_view listed) {
  std::vector<std::string> tables;
  for (auto line : split(listed, '\n')) {
    auto words = split(line, ' ');
    if (words.size() != 3 || words[0] != "table") continue;
    bool is_of_iptables = (words[1] == "ip" || words[1] == "ip6") && contains(table_names(), words[2]);
    if (!is_of_iptables) tables.push_back(fmt::format("the table {} {} of nftables", words[1], words[2]));
  }
  return tables;
}

Result<LeftState> read_left_state(const CagedNamespaces& there, Backend backend) {
  LeftState left;
  auto run = [&](const std::vector<std::string>& argv) { return there.run(argv); };
  for (auto family : kFamilies) {
    TRY(auto program, program_for(family, backend, "save"));
    TRY(ruleset_of(left.state, family), read_rules(program, run));
  }
  if (auto ipset = find_program("ipset")) {
    TRY(left.state.sets, read_sets(*ipset, run));
  }
  auto other = backend == Backend::kNft ? Backend::kLegacy : Backend::kNft;
  TRY(bool used_other, has_rules_on(there, other, run));
  TRY(left.unseen, find_own_tables(there));
  TRY(auto routing, find_own_routing(there));
  std::ranges::move(routing, std::back_inserter(left.unseen));
  if (used_other) left.unseen.push_back(fmt::format("rules on the {} backend of iptables", name_of(other)));
  return left;
}

}  // namespace pyfw
