#include "scenario.h"

#include <fmt/format.h>

#include "near.h"
#include "nf/ipset_save.h"
#include "nf/iptables_save.h"
#include "random_rules.h"

namespace pyfw::differential {

Rules rules_of(const Scenario& scenario) {
  Rules out{.sets = write_ipset_save(scenario.sets)};
  for (const auto& [id, ruleset] : scenario.rulesets) out.tables[id] = write_iptables_save(ruleset);
  return out;
}

std::string in_words(const Scenario& scenario) {
  std::string out;
  for (const auto& line : scenario.topology.lines) out += fmt::format("ip {}\n", line);
  for (const auto& setting : scenario.topology.settings)
    out += fmt::format("echo {} > /proc/sys/net/{}\n", setting.value, setting.name);
  if (!scenario.sets.empty())
    out += fmt::format("ipset restore <<END\n{}END\n", write_ipset_save(scenario.sets));
  for (const auto& [id, ruleset] : scenario.rulesets)
    if (!ruleset.tables.empty())
      out += fmt::format("{}-{}-restore <<END\n{}END\n", program_of(id.second), pyfw::name_of(id.first),
                         write_iptables_save(ruleset));
  return out;
}

Scenario random_scenario(Dice& dice, const std::vector<Backend>& backends) {
  Scenario out{.topology = random_topology(dice)};
  for (auto family : kFamilies) {
    Near near(dice, out.topology, family);
    auto sets = random_sets(near);
    out.sets.insert(out.sets.end(), sets.begin(), sets.end());
  }
  for (auto backend : backends)
    for (auto family : kFamilies)
      out.rulesets[{backend, family}] = random_ruleset(Near(dice, out.topology, family), out.sets);
  return out;
}

}  // namespace pyfw::differential
