#include "sys/quick_look.h"

#include <cstddef>
#include <utility>

#include "sys/nft_image.h"

namespace pyfw {
namespace {

// Above this a whole chain is read faster than its rules one by one.
constexpr std::size_t kMostSingleRules = 500;

}  // namespace

Result<std::optional<std::vector<Table>>> QuickLook::take(NftRules& nft, std::span<const TableId> tables) {
  true_at_.reset();
  seen_.clear();
  std::vector<Table> out;
  for (const auto& id : tables) {
    TRY(auto handles, nft.table_by_handles(id.family, id.table));
    auto table = known_.table_of(id, handles);
    if (!table) return std::nullopt;
    out.push_back(std::move(*table));
    seen_[id] = std::move(handles);
  }
  return out;
}

Result<void> QuickLook::learn(NftRules& nft, std::span<const TableId> tables, const ReadTable& read) {
  for (const auto& id : tables) {
    TRY(bool are_known, learn_by_bytes(nft, id));
    if (are_known) continue;
    TRY(auto before, nft.table_by_handles(id.family, id.table));
    TRY(auto shown, read(id.family, id.table));
    TRY(auto after, nft.table_by_handles(id.family, id.table));
    for (const auto& table : shown.tables) known_.learn(id, table, before, after);
  }
  return {};
}

Result<bool> QuickLook::learn_by_bytes(NftRules& nft, const TableId& id) {
  TRY(auto table, nft.table_by_handles(id.family, id.table));
  auto unknown = known_.unknown_of(id, table);
  if (unknown.size() > kMostSingleRules) return false;
  std::vector<NftChainImage> images;
  for (const auto& rule : unknown) {
    TRY(auto image, nft.rule_bytes(id.family, id.table, rule.chain, rule.handle));
    if (!image || image->size() != 1) continue;
    images.push_back(std::move(*image));
  }
  if (images.empty()) return true;
  std::vector<NftRuleBytes> bytes;
  for (const auto& image : images) bytes.push_back(image.rule(0));
  TRY(auto texts, texts_.ask(id, bytes));
  if (!texts) return false;
  for (std::size_t i = 0; i < images.size(); ++i)
    known_.learn(id, table.handle, {.handle = images[i].handles[0], .print = images[i].print(0)},
                 std::move((*texts)[i]));
  return true;
}

const TableOfHandles* QuickLook::handles_at(std::uint32_t generation, const TableId& id) const {
  auto seen = seen_.find(id);
  return true_at_ == generation && seen != seen_.end() ? &seen->second : nullptr;
}

std::optional<std::string> QuickLook::counters_at(std::uint32_t generation, const TableId& id) const {
  const auto* handles = handles_at(generation, id);
  if (handles == nullptr) return {};
  return known_.counters_of(id, *handles);
}

}  // namespace pyfw
