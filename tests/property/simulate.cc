#include "tests/property/simulate.h"

#include <algorithm>

#include "base/strings.h"
#include "nf/tokens.h"

namespace pyfw {
namespace {

Result<void> simulate_iptables(State& state, std::span<const std::string> command) {
  // PROGRAM -w -t TABLE -X CHAIN …
  auto family = command[0] == "iptables" ? Family::kIpv4 : Family::kIpv6;
  const auto& table = command[3];
  const auto& what = command[4];
  const auto& name = command[5];
  auto& ruleset = ruleset_of(state, family);
  bool exists = is_builtin(table, name) || find_chain(ruleset, table, name) != nullptr;
  if (what == "-N") {
    if (exists) return fail("chain already exists: " + name);
    ensure_chain(ruleset, table, name);
    return {};
  }
  if (!exists) return fail("no chain: " + name);
  auto& chain = ensure_chain(ruleset, table, name);
  if (what == "-P") {
    if (!is_builtin(table, name)) return fail("policy on a user chain");
    chain.policy = command[6];
    return {};
  }
  if (what == "-I") {
    auto at = parse_number(command[6]);
    if (!at || *at < 1 || *at > chain.rules.size() + 1) return fail("index of insertion too big");
    chain.rules.insert(chain.rules.begin() + static_cast<std::ptrdiff_t>(*at - 1),
                       Rule{write_tokens(command.subspan(7))});
    return {};
  }
  if (what == "-D") {
    auto found = std::ranges::find(chain.rules, Rule{write_tokens(command.subspan(6))});
    if (found == chain.rules.end()) return fail("no such rule");
    chain.rules.erase(found);
    return {};
  }
  return fail("unknown command " + what);
}

Result<void> simulate_ipset(State& state, std::span<const std::string> command) {
  // ipset -exist create|add|del NAME …
  auto found = std::ranges::find(state.sets, command[3], &Set::name);
  auto rest = write_ipset_tokens(command.subspan(4));
  if (command[2] == "create") {
    auto blank = rest.find(' ');
    Set set{.name = command[3], .type = rest.substr(0, blank), .header = {}};
    if (blank != std::string::npos) set.header = rest.substr(blank + 1);
    if (found == state.sets.end()) state.sets.push_back(set);
    return {};
  }
  if (found == state.sets.end()) return fail("no such set");
  auto element = parse_member(rest).element;
  auto same = [&](const std::string& member) { return parse_member(member).element == element; };
  auto there = std::ranges::find_if(found->members, same);
  if (command[2] == "del") {
    if (there != found->members.end()) found->members.erase(there);
    return {};
  }
  if (there != found->members.end()) {
    *there = rest;
  } else {
    found->members.push_back(rest);
  }
  return {};
}

}  // namespace

Result<void> simulate(State& state, std::span<const std::string> command) {
  return command[0] == "ipset" ? simulate_ipset(state, command) : simulate_iptables(state, command);
}

}  // namespace pyfw
