#include "cage/lost_rules.h"

#include <map>
#include <string>

namespace pyfw {
namespace {

// A rule that stood there twice has to stand there twice.
std::size_t missing_rules(const Chain& before, const Chain* after) {
  std::map<std::string, std::size_t> there;
  if (after != nullptr)
    for (const auto& rule : after->rules) ++there[rule.text];
  std::size_t missing = 0;
  for (const auto& rule : before.rules) {
    auto& count = there[rule.text];
    count > 0 ? --count : ++missing;
  }
  return missing;
}

}  // namespace

std::vector<LostRules> lost_rules(const State& start, const State& left) {
  std::vector<LostRules> lost;
  for (const auto& [id, chain] : chains_of(start)) {
    const auto* after = find_chain(left, id);
    bool is_gone = after == nullptr && !is_builtin(id.table, id.chain);
    auto missing = missing_rules(*chain, after);
    if (is_gone || missing > 0) lost.push_back({.chain = id, .is_gone = is_gone, .rules = missing});
  }
  return lost;
}

}  // namespace pyfw
