#include "nft/portable_rule.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "ext/targets.h"

namespace pyfw {
namespace {

using namespace std::string_view_literals;

// Of these the kernel keeps just what iptables has told it, no pointer and no number of its own.
constexpr std::array kMatches = {"addrtype"sv, "ah"sv,     "comment"sv,   "connmark"sv, "conntrack"sv,
                                 "cpu"sv,      "dccp"sv,   "dscp"sv,      "ecn"sv,      "esp"sv,
                                 "hl"sv,       "icmp"sv,   "icmp6"sv,     "iprange"sv,  "length"sv,
                                 "mac"sv,      "mark"sv,   "multiport"sv, "owner"sv,    "physdev"sv,
                                 "pkttype"sv,  "realm"sv,  "rpfilter"sv,  "sctp"sv,     "state"sv,
                                 "tcp"sv,      "tcpmss"sv, "tos"sv,       "ttl"sv,      "udp"sv};
constexpr std::array kTargets = {"ACCEPT"sv,     "CHECKSUM"sv, "CLASSIFY"sv, "CONNMARK"sv, "DNAT"sv,
                                 "DROP"sv,       "DSCP"sv,     "HL"sv,       "LOG"sv,      "MARK"sv,
                                 "MASQUERADE"sv, "NETMAP"sv,   "NFLOG"sv,    "REDIRECT"sv, "REJECT"sv,
                                 "RETURN"sv,     "SNAT"sv,     "TCPMSS"sv,   "TOS"sv,      "TTL"sv};

static_assert(std::ranges::is_sorted(kMatches) && std::ranges::is_sorted(kTargets));

// What follows each such word is known; a quoted text may hold them too, and then says no without need.
template <typename Known>
bool all_known(std::string_view text, std::string_view option, const Known& known) {
  for (std::size_t at = 0; at < text.size();) {
    auto found = text.substr(at).starts_with(option) ? at : text.find(option, at);
    if (found == std::string_view::npos) return true;
    if (found != 0 && text[found - 1] != ' ') {
      at = found + 1;
      continue;
    }
    auto begin = found + option.size();
    auto end = std::min(text.find(' ', begin), text.size());
    if (!known(text.substr(begin, end - begin))) return false;
    at = end;
  }
  return true;
}

}  // namespace

bool is_portable_match(std::string_view name) { return std::ranges::binary_search(kMatches, name); }

bool is_portable_target(std::string_view name) { return std::ranges::binary_search(kTargets, name); }

bool is_portable(const Rule& rule) {
  auto is_target = [](std::string_view name) { return !is_known_target(name) || is_portable_target(name); };
  return all_known(rule.text, "-m ", is_portable_match) && all_known(rule.text, "-j ", is_target);
}

bool is_portable(const TableCommit& commit) {
  return std::ranges::all_of(commit.lines, [](const TableLine& line) {
    return line.kind != TableLine::Kind::kInsert || is_portable(line.rule);
  });
}

}  // namespace pyfw
