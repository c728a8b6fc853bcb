// The tables, chains and rules of one family, as iptables-save shows them. A rule without counters:
// they are no part of what an owner wishes.

#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "net/ip.h"
#include "nf/rule.h"

namespace pyfw {

struct Chain {
  std::string name;
  std::optional<std::string> policy{};  // builtin chains have one, user chains have not
  std::vector<Rule> rules{};

  bool operator==(const Chain&) const = default;
};

struct Table {
  std::string name;
  std::vector<Chain> chains{};

  bool operator==(const Table&) const = default;
};

struct Ruleset {
  std::vector<Table> tables{};

  bool operator==(const Ruleset&) const = default;
};

// Null where there is none; a table that nobody touched is not in a ruleset. A null table has no chains.
const Table* find_table(const Ruleset& ruleset, std::string_view table);
const Chain* find_chain(const Table* table, std::string_view chain);
const Chain* find_chain(const Ruleset& ruleset, std::string_view table, std::string_view chain);

// The five tables, and the builtin chains of each in the order in which iptables-save prints them;
// empty for a name that is no table.
std::span<const std::string_view> table_names();
std::span<const std::string_view> builtin_chains(std::string_view table);
bool is_builtin(std::string_view table, std::string_view chain);
// A name that is a builtin chain in some table, as FORWARD, which the table nat lacks.
bool is_builtin_name(std::string_view chain);

// Adds the table (with its builtin chains, policy ACCEPT) or the user chain if it is not there.
Chain& ensure_chain(Ruleset& ruleset, std::string_view table, std::string_view chain);

// Instead of the table of that name, or behind all others.
void put_table(Ruleset& ruleset, Table table);

// "iptables" or "ip6tables": the program, and the key in wishes and states.
std::string_view program_of(Family family);

}  // namespace pyfw
