// One change of the kernel's state as it is committed: the lines of one run of iptables-restore or
// ip6tables-restore, which change one table all at once; those of one run of ipset restore, which take effect
// one after the other; or deletes by handle.
//
//   run("iptables-restore --noflush", restore_input(commit));

#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "nf/desired.h"

namespace pyfw {

struct Counters {
  std::uint64_t packets = 0;
  std::uint64_t bytes = 0;

  bool operator==(const Counters&) const = default;
};

struct TableLine {
  enum class Kind { kNewChain, kDelete, kInsert, kPolicy, kDeleteChain };
  Kind kind = Kind::kInsert;
  std::string chain;
  Rule rule{};                // of kDelete, kInsert
  std::size_t at = 0;         // of kInsert: from 1, as it holds when the lines before are done
  std::size_t before_at = 0;  // of kDelete: from 0, where it stood before the commit
  bool at_end = false;        // of kInsert: it shall stand behind all others, also those that come meanwhile
  std::string policy{};       // of kPolicy
  std::string continues{};    // of kInsert: the text of the rule that it was until then (continued.h)
  std::optional<Counters> counters{};  // that it begins with
};

struct TableCommit {
  Family family = Family::kIpv4;
  std::string table;
  std::vector<TableLine> lines;
  // How many rules the chains have in which it deletes or inserts, before it.
  std::map<std::string, std::size_t> sizes{};
};

// Many deletes in a long chain, which iptables-nft would look up one by one. The rule that is meant is known
// by its index, which is only right while nobody else has written.
struct HandleCommit {
  Family family = Family::kIpv4;
  std::string table;
  struct Deleted {
    std::string chain;
    std::vector<std::size_t> at;  // from 0, ascending
    std::size_t of = 0;           // how many rules the chain has
    // The same in the chain as it was before the commit that goes with this one, which takes none of them
    // out.
    std::vector<std::size_t> before_at{};
    std::size_t before_of = 0;
  };
  std::vector<Deleted> chains;
};

struct SetCommit {
  std::vector<std::string> lines;  // as ipset restore takes them
};

using Commit = std::variant<TableCommit, HandleCommit, SetCommit>;

struct TableId {
  Family family = Family::kIpv4;
  std::string table;

  auto operator<=>(const TableId&) const = default;
};

// Those whose rules the commits change, each once.
std::vector<TableId> tables_of(std::span<const Commit> commits);

// What a restore reads, COMMIT included. Line n (from 1) of it is lines[n - 2] of a table, lines[n - 1] of
// sets.
std::string restore_input(const TableCommit& commit);
std::string restore_input(const SetCommit& commit);

// "iptables filter", "sets": for people.
std::string name_of(const Commit& commit);
std::string name_of_table(Family family, const std::string& table);

}  // namespace pyfw
