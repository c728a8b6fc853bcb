// A ruleset as a tree, from which both its text for pyfw and its meaning for Z3 are made: what pyfw makes of
// the text is never asked.
//
//   Ruleset rules{.is_ipv6 = false, .tables = {…}};
//   made.rules(text_of(rules)).sets(text_of(sets));      // ruleset_text.h
//   auto outcomes = outcomes_of(context, rules, asked);  // story.h

#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "tests/z3/address.h"

namespace z3check {

enum class Side : std::uint8_t { kSource, kDestination };

// Where `is_not`, a match is that of what it asks for turned round, with the "!" of iptables.
struct InNetwork {
  Side side{};
  Network network{};
};
struct InRange {
  Side side{};
  Address first{}, last{};
};
struct ByInterface {
  bool is_out = false;
  std::string name{};  // "eth+" too
};
struct OfProtocol {
  int number = 6;
};
struct Ports {
  enum class Which : std::uint8_t { kSource, kDestination, kEither };
  Which which{};
  bool is_multiport = false;
  std::vector<std::pair<int, int>> spans{};  // one where it is no multiport
};
struct InSet {
  std::string set{};
  std::vector<Side> sides{};
};
// "NEW", "RELATED", "ESTABLISHED", "INVALID", "UNTRACKED", "SNAT", "DNAT".
struct OfState {
  std::vector<std::string> states{};
};
struct OriginalDestination {
  Network network{};
};
struct OriginalPort {
  int first = 0, last = 0;
};
struct IsLocal {
  Side side{};
};
struct Marked {
  bool is_connection = false;
  std::uint32_t value = 0, mask = 0;
};
struct Ttl {
  enum class How : std::uint8_t { kEqual, kLess, kGreater };
  How how{};
  int value = 0;
};
struct Tos {
  int value = 0, mask = 0;
};
struct Length {
  int first = 0, last = 0;
};
// The bits of TCP's flags byte.
struct TcpFlags {
  int mask = 0, set = 0;
};
struct Icmp {
  int type = 0, code = 0;
};

struct Match {
  std::variant<InNetwork, InRange, ByInterface, OfProtocol, Ports, InSet, OfState, OriginalDestination,
               OriginalPort, IsLocal, Marked, Ttl, Tos, Length, TcpFlags, Icmp>
      what{};
  bool is_not = false;
};

struct GoOn {
  bool logs = false;
};
struct Accept {};
struct Drop {};
struct Return {};
struct Reject {
  std::string with{};
};
struct Jump {
  std::string chain{};
  bool is_goto = false;
};
struct SetMark {
  bool is_connection = false;
  std::uint32_t value = 0, mask = 0;  // --set-xmark
};
struct SetTtl {
  int value = 64;
};
struct Untrack {};
// DNAT, SNAT, MASQUERADE and REDIRECT.
struct Translate {
  enum class Kind : std::uint8_t { kDnat, kSnat, kMasquerade, kRedirect };
  Kind kind{};
  Address to{};  // of DNAT and SNAT
  int port = 0;  // 0: as it was
};
using Target = std::variant<GoOn, Accept, Drop, Return, Reject, Jump, SetMark, SetTtl, Untrack, Translate>;

struct Rule {
  std::vector<Match> matches{};
  Target target{};
};
struct Chain {
  std::string name{};
  std::string policy{};  // "-" of a user chain
  std::vector<Rule> rules{};
};
struct Table {
  std::string name{};
  std::vector<Chain> chains{};
};
struct Ruleset {
  bool is_ipv6 = false;
  std::vector<Table> tables{};
};

struct Member {
  Network network{};
  int port = 0;  // of hash:ip,port, TCP
  bool is_nomatch = false;
};
struct Set {
  std::string name{};
  std::string type{};  // "hash:ip", "hash:net", "hash:ip,port"
  bool is_ipv6 = false;
  std::vector<Member> members{};
};

}  // namespace z3check
