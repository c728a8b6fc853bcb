#include "sys/known_bytes.h"

#include "sys/portable_rule.h"

namespace pyfw {

void KnownBytes::learn(Family family, const Ruleset& rules, std::shared_ptr<const NftImage> image,
                       Origin origin) {
  auto& known = rules_[static_cast<std::size_t>(family)];
  for (const auto& table : rules.tables)
    for (const auto& chain : table.chains) {
      auto shown = image->find({table.name, chain.name});
      if (shown == image->end() || shown->second.size() != chain.rules.size()) continue;
      for (std::size_t i = 0; i < chain.rules.size(); ++i)
        if (origin == Origin::kOwn || is_portable(chain.rules[i]))
          known.insert_or_assign(chain.rules[i].text, shown->second.rule(i));
    }
  images_.push_back(std::move(image));
}

std::optional<NftRuleBytes> KnownBytes::find(Family family, const std::string& text) const {
  const auto& known = rules_[static_cast<std::size_t>(family)];
  auto found = known.find(text);
  if (found == known.end()) return std::nullopt;
  return found->second;
}

}  // namespace pyfw
