// The rules and sets that stand on a host as a wishes file: what others maintain left out, each rule with a
// name. What `pyfw import` prints.
//
//   auto adopted = adopt(state, facts, {});
//   write(adopted.text);
//
// Planning the result against the same state, with --adopt, changes nothing but that rules without a comment
// get their names as one; with Naming::kKeepText nothing at all.

#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "host/facts.h"
#include "nf/state.h"

namespace pyfw {

enum class Naming : std::uint8_t {
  kNameAll,   // rules without a comment get a name, made from what they do
  kKeepText,  // they are wished as bare texts
};

enum class Whose : std::uint8_t {
  kOwners,  // what programs maintain is left out
  kAll,
};

enum class MembersIn : std::uint8_t {
  kWishes,      // all in one file
  kFilesBeside  // those of large sets in files of their own
};

// Where the state comes from: it changes what the head of the file can promise.
enum class AdoptedFrom : std::uint8_t {
  kHost,
  kScript,  // what one would put up, on a host that may hold something else
};

struct AdoptOptions {
  AdoptedFrom from = AdoptedFrom::kHost;
  Naming naming = Naming::kNameAll;
  Whose whose = Whose::kOwners;
  MembersIn members_in = MembersIn::kWishes;
  // Of a script: what stood there before it, as Docker's chains, of which nothing is told; and the settings
  // of the kernel that it wrote, a line each, for the head of the file.
  const State* start = nullptr;
  std::vector<std::string> settings{};
  std::vector<std::string> failures{};  // of a script: what failed there, a line each, for the head too
  std::vector<std::string> beside{};    // and what it made that is no part of a state, likewise
  // Rules of the state that iptables does not take here, and its words: a plan that wishes one fails.
  std::map<const Rule*, std::string> refused{};
};

struct AdoptedFile {
  std::string name;  // in the folder of the wishes file
  std::string text;
};

struct Adopted {
  std::string text{};  // of the wishes file
  std::vector<AdoptedFile> files{};
  bool is_empty = false;  // nothing is wished
};

// Of the facts only the default routes count: they tell which interface ${external_interface} means.
Adopted adopt(const State& state, const Facts& facts, const AdoptOptions& options);

// What one script has put up twice, with other names for the interfaces.
struct RenamedRun {
  const State& state;
  std::string external_interface;
};

// The wishes of the first. Where a rule of the first names its external interface and the same rule of the
// second the one of the second, the wish says ${external_interface}; what is the same in both, as an
// interface that the script names itself, stays. A chain that does not have as many rules in both is taken
// from the first as it is.
Adopted adopt_renamed(const RenamedRun& first, const RenamedRun& second, const AdoptOptions& options);

}  // namespace pyfw
