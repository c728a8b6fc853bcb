#include "kernel/quick_look.h"

#include <utility>
#include <vector>

namespace pyfw {
namespace {

// Above this a whole chain is read faster than its rules one by one.
constexpr std::size_t kMostSingleRules = 500;

}  // namespace

Result<bool> QuickLook::take(std::span<const TableId> tables, State& state, NftRules& nft) {
  at_.reset();
  for (const auto& id : tables) {
    TRY(auto handles, nft.table_by_handles(id.family, id.table));
    auto table = known_rules_.table_of(id, handles);
    if (!table) return false;
    put_table(ruleset_of(state, id.family), std::move(*table));
    tables_[id] = std::move(handles);
  }
  return true;
}

Result<void> QuickLook::learn(std::span<const TableId> tables, NftRules& nft) {
  for (const auto& id : tables) {
    TRY(bool are_known, learn_by_bytes(id, nft));
    if (are_known) continue;
    TRY(auto before, nft.table_by_handles(id.family, id.table));
    TRY(auto shown, netns_.read_rules(id.family, id.table));
    TRY(auto after, nft.table_by_handles(id.family, id.table));
    for (const auto& table : shown.tables) known_rules_.learn(id, table, before, after);
  }
  return {};
}

Result<bool> QuickLook::learn_by_bytes(const TableId& id, NftRules& nft) {
  TRY(auto table, nft.table_by_handles(id.family, id.table));
  auto unknown = known_rules_.unknown_of(id, table);
  if (unknown.size() > kMostSingleRules) return false;
  std::vector<NftChainImage> images;
  auto learn_one = [&](const NftChainImage& image, Rule rule) {
    known_rules_.learn(id, table.handle, {.handle = image.handles[0], .print = image.print(0)},
                       std::move(rule));
  };
  for (const auto& rule : unknown) {
    TRY(auto image, nft.rule_bytes(id.family, id.table, rule.chain, rule.handle));
    if (!image || image->size() != 1) continue;
    if (const auto* text = known_bytes_.text_of(id.family, image->rule(0))) {
      learn_one(*image, Rule{*text});
    } else {
      images.push_back(std::move(*image));
    }
  }
  if (images.empty()) return true;
  std::vector<NftRuleBytes> bytes;
  for (const auto& image : images) bytes.push_back(image.rule(0));
  TRY(auto texts, rule_texts_.ask(id, bytes));
  if (!texts) return false;
  for (std::size_t i = 0; i < images.size(); ++i) learn_one(images[i], std::move((*texts)[i]));
  return true;
}

const TableOfHandles* QuickLook::table_at(const TableId& table, std::uint32_t generation) const {
  auto found = tables_.find(table);
  return at_ == generation && found != tables_.end() ? &found->second : nullptr;
}

std::optional<std::string> QuickLook::counters_at(const TableId& table, std::uint32_t generation) const {
  const auto* handles = table_at(table, generation);
  return handles != nullptr ? std::optional(known_rules_.counters_of(table, *handles)) : std::nullopt;
}

}  // namespace pyfw
