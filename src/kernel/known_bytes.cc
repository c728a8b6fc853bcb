#include "kernel/known_bytes.h"

#include <fmt/format.h>

#include "nft/portable_rule.h"

namespace pyfw {
namespace {

std::string key_of(const NftRuleBytes& rule) {
  return fmt::format("{} {}{}", rule.expressions.size(), rule.expressions, rule.userdata);
}

}  // namespace

void KnownBytes::learn(Family family, const Ruleset& rules, std::shared_ptr<const NftImage> image,
                       Origin origin) {
  auto& known = rules_[static_cast<std::size_t>(family)];
  auto& texts = texts_[static_cast<std::size_t>(family)];
  for (const auto& table : rules.tables)
    for (const auto& chain : table.chains) {
      auto shown = image->find({table.name, chain.name});
      if (shown == image->end() || shown->second.size() != chain.rules.size()) continue;
      for (std::size_t i = 0; i < chain.rules.size(); ++i) {
        bool is_known_everywhere = is_portable(chain.rules[i]);
        if (!is_known_everywhere && origin == Origin::kOther) continue;
        known.insert_or_assign(chain.rules[i].text, shown->second.rule(i));
        if (is_known_everywhere) texts.insert_or_assign(key_of(shown->second.rule(i)), chain.rules[i].text);
      }
    }
  images_.push_back(std::move(image));
}

std::optional<NftRuleBytes> KnownBytes::find(Family family, const std::string& text) const {
  const auto& known = rules_[static_cast<std::size_t>(family)];
  auto found = known.find(text);
  if (found == known.end()) return std::nullopt;
  return found->second;
}

const std::string* KnownBytes::text_of(Family family, const NftRuleBytes& rule) const {
  const auto& texts = texts_[static_cast<std::size_t>(family)];
  auto found = texts.find(key_of(rule));
  return found == texts.end() ? nullptr : &found->second;
}

}  // namespace pyfw
