#include "nf/ruleset.h"

#include <algorithm>
#include <array>

#include "base/contains.h"

namespace pyfw {
namespace {

constexpr std::array<std::string_view, 5> kTables = {"filter", "mangle", "nat", "raw", "security"};
constexpr std::array<std::string_view, 3> kFilter = {"INPUT", "FORWARD", "OUTPUT"};
constexpr std::array<std::string_view, 5> kMangle = {"PREROUTING", "INPUT", "FORWARD", "OUTPUT",
                                                     "POSTROUTING"};
constexpr std::array<std::string_view, 4> kNat = {"PREROUTING", "INPUT", "OUTPUT", "POSTROUTING"};
constexpr std::array<std::string_view, 2> kRaw = {"PREROUTING", "OUTPUT"};

}  // namespace

const Table* find_table(const Ruleset& ruleset, std::string_view table) {
  auto found = std::ranges::find(ruleset.tables, table, &Table::name);
  return found == ruleset.tables.end() ? nullptr : &*found;
}

const Chain* find_chain(const Table* table, std::string_view chain) {
  if (table == nullptr) return nullptr;
  auto found = std::ranges::find(table->chains, chain, &Chain::name);
  return found == table->chains.end() ? nullptr : &*found;
}

const Chain* find_chain(const Ruleset& ruleset, std::string_view table, std::string_view chain) {
  return find_chain(find_table(ruleset, table), chain);
}

std::span<const std::string_view> table_names() { return kTables; }

std::span<const std::string_view> builtin_chains(std::string_view table) {
  if (table == "filter" || table == "security") return kFilter;
  if (table == "mangle") return kMangle;
  if (table == "nat") return kNat;
  if (table == "raw") return kRaw;
  return {};
}

bool is_builtin(std::string_view table, std::string_view chain) {
  return contains(builtin_chains(table), chain);
}

bool is_builtin_name(std::string_view chain) { return contains(kMangle, chain); }

Chain& ensure_chain(Ruleset& ruleset, std::string_view table, std::string_view chain) {
  auto in = std::ranges::find(ruleset.tables, table, &Table::name);
  if (in == ruleset.tables.end()) {
    ruleset.tables.push_back(Table{.name = std::string(table)});
    in = std::prev(ruleset.tables.end());
    for (auto builtin : builtin_chains(table))
      in->chains.push_back(Chain{.name = std::string(builtin), .policy = "ACCEPT"});
  }
  auto found = std::ranges::find(in->chains, chain, &Chain::name);
  if (found != in->chains.end()) return *found;
  Chain added{.name = std::string(chain)};
  if (is_builtin(table, chain)) added.policy = "ACCEPT";
  return in->chains.emplace_back(std::move(added));
}

void put_table(Ruleset& ruleset, Table table) {
  auto found = std::ranges::find(ruleset.tables, table.name, &Table::name);
  if (found != ruleset.tables.end()) {
    *found = std::move(table);
  } else {
    ruleset.tables.push_back(std::move(table));
  }
}

std::string_view program_of(Family family) { return family == Family::kIpv4 ? "iptables" : "ip6tables"; }

}  // namespace pyfw
