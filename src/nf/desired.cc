#include "nf/desired.h"

namespace pyfw {

const std::vector<bool>& flags_of(const ForeignFlags& foreign, const ChainId& id) {
  static const std::vector<bool> kNone;
  auto found = foreign.find(id);
  return found == foreign.end() ? kNone : found->second;
}

const std::set<std::string>& texts_of(const MatchedTexts& matched, const ChainId& id) {
  static const std::set<std::string> kNone;
  auto found = matched.find(id);
  return found == matched.end() ? kNone : found->second;
}

bool Desired::is_foreign(const ChainId& id, std::size_t rule) const {
  const auto& flags = flags_of(foreign, id);
  return rule >= flags.size() || flags[rule];
}

bool Desired::is_matched(const ChainId& id, const Rule& rule) const {
  return texts_of(matched, id).contains(rule.text);
}

bool Desired::is_of_others(const ChainId& id, const Chain& chain, std::size_t rule) const {
  return is_foreign(id, rule) || is_matched(id, chain.rules[rule]);
}

}  // namespace pyfw
