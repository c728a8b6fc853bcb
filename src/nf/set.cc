#include "nf/set.h"

#include <algorithm>
#include <array>

#include "base/contains.h"
#include "base/strings.h"
#include "nf/tokens.h"

namespace pyfw {
namespace {

constexpr std::array<std::string_view, 16> kTypes = {
    "bitmap:ip",    "bitmap:ip,mac",   "bitmap:port",       "hash:ip",  "hash:ip,mac", "hash:ip,mark",
    "hash:ip,port", "hash:ip,port,ip", "hash:ip,port,net",  "hash:mac", "hash:net",    "hash:net,iface",
    "hash:net,net", "hash:net,port",   "hash:net,port,net", "list:set"};

constexpr std::array<std::string_view, 15> kOptions = {
    "family", "hashsize", "maxelem", "netmask", "bitmask",  "bucketsize", "initval", "markmask",
    "range",  "size",     "timeout", "comment", "counters", "forceadd",   "skbinfo"};
constexpr std::array<std::string_view, 4> kFlags = {"comment", "counters", "forceadd", "skbinfo"};
constexpr std::array<std::string_view, 4> kVolatile = {"hashsize", "bucketsize", "initval", "forceadd"};

}  // namespace

const Set* find_set(std::span<const Set> sets, std::string_view name) {
  auto found = std::ranges::find(sets, name, &Set::name);
  return found == sets.end() ? nullptr : &*found;
}

std::span<const std::string_view> set_types() { return kTypes; }

std::span<const std::string_view> set_option_names() { return kOptions; }

bool is_set_flag(std::string_view option) { return contains(kFlags, option); }

std::optional<std::string> differing_option(std::string_view there, std::string_view wanted) {
  if (there == wanted) return std::nullopt;
  auto have = options_of(there);
  for (const auto& [name, value] : options_of(wanted)) {
    auto found = have.find(name);
    if (!is_volatile_set_option(name) && found != have.end() && found->second != value) return name;
  }
  return std::nullopt;
}

bool is_volatile_set_option(std::string_view option) { return contains(kVolatile, option); }

SetOptions options_of(std::string_view header) {
  SetOptions options;
  auto words = tokenise_ipset(header);
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (is_set_flag(words[i]) || i + 1 == words.size()) {
      options.emplace(words[i], "");
    } else {
      auto name = words[i];
      options.emplace(std::move(name), words[++i]);
    }
  }
  return options;
}

bool has_family(const Set& set, Family family) {
  if (!set.type.starts_with("hash:") || set.type == "hash:mac") return true;
  auto options = options_of(set.header);
  auto found = options.find("family");
  bool inet6 = found != options.end() && found->second == "inet6";
  return inet6 == (family == Family::kIpv6);
}

bool can_be_swapped(const Set& a, const Set& b) {
  return a.type == b.type && has_family(a, Family::kIpv6) == has_family(b, Family::kIpv6);
}

std::vector<std::string_view> sets_held_by(const Set& set) {
  std::vector<std::string_view> names;
  if (set.type == "list:set")
    for (const auto& member : set.members) names.push_back(element_of(member));
  return names;
}

Member parse_member(std::string_view text) {
  // A set of 65,000 members is read member by member: the common one is a single word.
  if (constexpr Letters kSpecial(" \t\""); !kSpecial.has_any_of(text))
    return Member{.element = std::string(text)};
  Member member;
  auto words = tokenise_ipset(text);
  if (!words.empty()) member.element = words[0];
  for (std::size_t i = 1; i < words.size(); ++i) {
    const auto& name = words[i];
    if (name == "packets" || name == "bytes" || name == "timeout") {
      ++i;
    } else if (name == "nomatch" || name == "wildcard" || i + 1 == words.size()) {
      member.extras.emplace(name, "");
    } else {
      member.extras.emplace(name, words[i + 1]);
      ++i;
    }
  }
  return member;
}

std::string_view element_of(std::string_view text) {
  std::size_t end = 0;
  while (end < text.size() && text[end] != ' ' && text[end] != '\t') ++end;
  return text.substr(0, end);
}

bool fulfils(const Member& live, const Member& wished) {
  if (live.element != wished.element || live.extras.contains("nomatch") != wished.extras.contains("nomatch"))
    return false;
  return std::ranges::all_of(wished.extras, [&](const auto& extra) {
    auto found = live.extras.find(extra.first);
    return found != live.extras.end() && found->second == extra.second;
  });
}

}  // namespace pyfw
