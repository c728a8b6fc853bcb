// Sets, as ipset(8) keeps them: a type, a header of options, and members, each as `ipset save` writes it.
//
//   Set set{.name = "allowed_hosts", .type = "hash:ip", .header = "family inet hashsize 1024 maxelem 65536",
//           .members = {"192.168.122.193"}};

#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "net/ip.h"

namespace pyfw {

struct Set {
  std::string name;
  std::string type;
  std::string header{};                // what follows the type in `create`, byte for byte
  std::vector<std::string> members{};  // what follows the name in `add`, byte for byte

  bool operator==(const Set&) const = default;
};

using Sets = std::vector<Set>;

const Set* find_set(std::span<const Set> sets, std::string_view name);

// The types that Linux has, as ipset names them.
std::span<const std::string_view> set_types();

// The options of `create`, by name; a flag has an empty value.
using SetOptions = std::map<std::string, std::string, std::less<>>;
SetOptions options_of(std::string_view header);

// The first option that the second header has otherwise than the first; hashsize and other volatile ones
// don't count, and what the first leaves out is a default.
std::optional<std::string> differing_option(std::string_view there, std::string_view wanted);

// The names of all options that `create` knows, and those without a value.
std::span<const std::string_view> set_option_names();
bool is_set_flag(std::string_view option);
// Options that differ between two sets that mean the same: random, grown by the kernel, or (forceadd)
// left out by `ipset save`.
bool is_volatile_set_option(std::string_view option);

// inet unless the header says inet6; the types without a family (bitmap:*, hash:mac, list:set) are of both.
bool has_family(const Set& set, Family family);

// Whether `ipset swap` takes them: the same type and family.
bool can_be_swapped(const Set& a, const Set& b);

// The names in a list:set; a set of another type holds none.
std::vector<std::string_view> sets_held_by(const Set& set);

// A member in its parts. `element` is its identity; counters and the remaining timeout are left out,
// since they change by themselves.
struct Member {
  std::string element;
  std::map<std::string, std::string, std::less<>> extras{};  // nomatch, comment, skbmark, …

  auto operator<=>(const Member&) const = default;
};
Member parse_member(std::string_view text);
// Only its element, which is the first word.
std::string_view element_of(std::string_view text);

// Whether the live member fulfils the wished one: the same element, the same nomatch, and every further
// extra that is wished.
bool fulfils(const Member& live, const Member& wished);

}  // namespace pyfw
