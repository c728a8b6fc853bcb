#include "engine/wish_parts.h"

#include <algorithm>
#include <array>
#include <set>

namespace pyfw {
namespace {

constexpr std::array kOrder = {"raw", "mangle", "filter", "security", "nat"};

bool is_in(const TableId& table, const ChainId& chain) {
  return chain.family == table.family && chain.table == table.table;
}

bool says(const std::vector<Located>& texts, const std::string& name) {
  return std::ranges::any_of(texts,
                             [&](const Located& text) { return text.text.find(name) != std::string::npos; });
}

// A name may come out of a variable, or be part of another name: better a set too many than one too few.
bool may_name(const Wishes& wishes, const TableId& table, const std::string& set) {
  auto has = [&](const std::string& text) { return text.find(set) != std::string::npos; };
  for (const auto& [id, chain] : wishes.chains)
    if (is_in(table, id) &&
        std::ranges::any_of(chain.rules, [&](const RuleWish& rule) { return has(rule.text.text); }))
      return true;
  return std::ranges::any_of(wishes.vars, [&](const auto& var) { return has(var.second.text); });
}

// With the sets that those hold.
std::set<std::string> sets_of(const Wishes& wishes, const TableId& table) {
  std::set<std::string> found;
  for (const auto& [name, set] : wishes.sets)
    if (may_name(wishes, table, name)) found.insert(name);
  for (bool any = true; any;) {
    any = false;
    for (const auto& [name, set] : wishes.sets)
      for (const auto& holder : std::set(found)) {
        const auto& wish = wishes.sets.at(holder);
        bool holds =
            wish.type && wish.type->text == "list:set" &&
            (says(wish.members_include, name) || (wish.members_equal && says(*wish.members_equal, name)));
        if (holds) any |= found.insert(name).second;
      }
  }
  return found;
}

WishPart part_of(const Wishes& wishes, const Record& record, std::optional<TableId> table,
                 const std::set<std::string>& sets) {
  WishPart part{.table = std::move(table), .wishes = wishes, .record = record};
  auto is_elsewhere = [&](const ChainId& id) { return !part.table || !is_in(*part.table, id); };
  std::erase_if(part.wishes.chains, [&](const auto& chain) { return is_elsewhere(chain.first); });
  std::erase_if(part.wishes.sets, [&](const auto& set) { return !sets.contains(set.first); });
  std::erase_if(part.record.rules, [&](const RecordedRule& rule) { return is_elsewhere(rule.chain); });
  std::erase_if(part.record.policies,
                [&](const RecordedPolicy& policy) { return is_elsewhere(policy.chain); });
  std::erase_if(part.record.chains, is_elsewhere);
  std::erase_if(part.record.adopted, is_elsewhere);
  std::erase_if(part.record.sets, [&](const RecordedSet& set) { return !sets.contains(set.name); });
  return part;
}

}  // namespace

std::string name_of(const WishPart& part) {
  return part.table ? name_of_table(part.table->family, part.table->table) : "sets";
}

std::vector<WishPart> parts_of(const Wishes& wishes, const Record& record) {
  std::vector<WishPart> parts;
  std::set<std::string> unnamed;
  for (const auto& [name, set] : wishes.sets) unnamed.insert(name);
  for (auto family : kFamilies)
    for (const auto* name : kOrder) {
      TableId table{.family = family, .table = name};
      if (std::ranges::none_of(wishes.chains, [&](const auto& chain) { return is_in(table, chain.first); }))
        continue;
      auto sets = sets_of(wishes, table);
      for (const auto& set : sets) unnamed.erase(set);
      parts.push_back(part_of(wishes, record, table, sets));
    }
  if (!unnamed.empty()) parts.push_back(part_of(wishes, record, std::nullopt, unnamed));
  return parts;
}

}  // namespace pyfw
