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

TableReach::TableReach(const CompiledHost& host, std::span<const Set> sets, std::vector<ChainIndex> chains,
                       std::size_t most_nodes)
    : host_(host),
      sets_(sets),
      chains_(std::move(chains)),
      most_nodes_(most_nodes),
      looks_(host.chains[chains_[0]].family, order_for(host, chains_), most_nodes),
      asks_(looks_, host, sets),
      rules_(looks_, asks_, host, chains_),
      is_narrow_(rules_.change_nothing()),
      narrow_(rules_, looks_),
      whole_(looks_, asks_, host) {
  if (is_narrow_) {
    rules_.learn();
    return;
  }
  for (auto chain : chains_) whole_.learn(chain);
}

void TableReach::walk() {
  looks_.settle();
  if (is_narrow_) return rules_.settle();
  whole_.walk();
}

std::unique_ptr<TableReach> TableReach::walked_anew() const {
  auto out = std::make_unique<TableReach>(host_, sets_, chains_, most_nodes_);
  out->walk();
  return out;
}

Bdd::Node TableReach::through(ChainIndex chain, Bdd::Node packets) {
  return is_narrow_ ? looks_.bdd().without(packets, narrow_.lost(chain, packets))
                    : whole_.through(chain, packets);
}

}  // namespace pyfw
