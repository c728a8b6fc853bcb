#include "nf/desired.h"

namespace pyfw {

const std::vector<bool>& flags_of(const ForeignFlags& foreign, const ChainId& id) {
  static const std::vector<bool> kNone;
  auto found = foreign.find(id);
  return found == foreign.end() ? kNone : found->second;
}

bool Desired::is_foreign(const ChainId& id, std::size_t rule) const {
  const auto& flags = flags_of(foreign, id);
  return rule >= flags.size() || flags[rule];
}

bool Desired::is_matched(const ChainId& id, const Rule& rule) const {
  auto texts = matched.find(id);
  return texts != matched.end() && texts->second.contains(rule.text);
}

}  // namespace pyfw
