#include "tests/random/rules.h"

#include <sstream>

#include "tests/random/members.h"
#include "tests/random/save_text.h"

namespace pyfw {

Rules random_rules(const World& world) { return {.rules = some_rules(world), .sets = random_sets(world)}; }

Rules looking_at_a_set(const Rules& rules) {
  auto save = parse_save(rules.rules);
  auto& chains = save.back().chains;  // of filter
  auto& chain = chains[static_cast<std::size_t>(any(static_cast<int>(chains.size()) - 1))];
  auto match = fmt::format("-m set {}--match-set {} ", any(4) == 0 ? "! " : "",
                           one_of(std::vector<std::string>{"nets src", "nets dst", "hosts src", "hosts dst",
                                                           "ports dst", "pairs src,dst", "pairs dst,dst",
                                                           "pairs src,src", "list src", "list dst"}));
  chain.rules.insert(chain.rules.begin(), {.match = match, .target = any(2) == 0 ? "DROP" : "ACCEPT"});
  return {.rules = text_of(save), .sets = rules.sets};
}

bool counts_down(const Rules& rules) { return rules.rules.find("-dec ") != std::string::npos; }

void put(HostForTests& made, const World& world, const Rules& rules) {
  (world.family == Family::kIpv4 ? made.rules(rules.rules) : made.ipv6_rules(rules.rules)).sets(rules.sets);
}

std::string telling_of(const Rules& rules) {
  std::string out;
  std::istringstream lines(rules.sets + rules.rules);
  for (std::string line; std::getline(lines, line);)
    if (!line.starts_with("create ") && line != "COMMIT" && line.find(" ACCEPT [") == std::string::npos &&
        !line.starts_with(":USER"))
      out += line + "\n";
  return out;
}

}  // namespace pyfw
