#include "shadow/table_reach.h"

#include <utility>
#include <variant>

namespace pyfw {
namespace {

// See NamesAre.
NamesAre order_for(const CompiledHost& host, std::span<const ChainIndex> chains) {
  std::size_t by_one = 0;
  std::size_t by_all_but_one = 0;
  for (auto chain : chains)
    for (const auto& rule : host.rules[chain]) {
      bool has_plain = false;
      bool has_inverted = false;
      for (const auto& condition : rule.compiled.conditions)
        if (const auto* name = std::get_if<InterfaceIs>(&condition.kind))
          (name->inverted ? has_inverted : has_plain) = true;
      by_one += has_plain ? 1 : 0;
      by_all_but_one += has_inverted && !has_plain ? 1 : 0;
    }
  return by_all_but_one > by_one ? NamesAre::kLast : NamesAre::kFirst;
}

}  // namespace

TableReach::TableReach(const CompiledHost& host, std::span<const Set> sets, std::vector<ChainIndex> chains)
    : host_(host),
      chains_(std::move(chains)),
      looks_(host.chains[chains_[0]].family, order_for(host, chains_)),
      asks_(looks_, host, sets),
      reach_(looks_, asks_, host) {
  for (auto chain : chains_) reach_.learn(chain);
}

void TableReach::walk() {
  looks_.settle();
  reach_.walk();
}

}  // namespace pyfw
