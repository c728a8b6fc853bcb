#include "cage/rules_in_others_chains.h"

#include <algorithm>

#include "adopt/maintainers.h"
#include "adopt/strays.h"

namespace pyfw {

std::vector<std::string> rules_in_others_chains(const State& start, const State& left) {
  std::vector<std::string> out;
  Maintainers maintainers(left);
  for (const auto& [id, chain] : chains_of(left)) {
    if (maintainers.of_chain(id) == nullptr) continue;
    const auto* before = find_chain(start, id);
    for (const auto& rule : chain->rules)
      if (before == nullptr ||
          std::ranges::find(before->rules, rule.text, &Rule::text) == before->rules.end())
        out.push_back(with_its_chain(id, rule));
  }
  return out;
}

}  // namespace pyfw
