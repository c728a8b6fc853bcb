#include "cage/rules_in_others_chains.h"

#include "adopt/maintainers.h"
#include "adopt/strays.h"

namespace pyfw {

std::vector<std::string> rules_in_others_chains(const State& start, const State& left) {
  std::vector<std::string> out;
  Maintainers maintainers(left);
  for (const auto& [id, chain] : chains_of(left)) {
    if (maintainers.of_chain(id) == nullptr) continue;
    for (const auto& rule : chain->rules)
      if (!has_rule(start, id, rule)) out.push_back(with_its_chain(id, rule));
  }
  return out;
}

}  // namespace pyfw
