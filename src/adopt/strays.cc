#include "adopt/strays.h"

#include <fmt/format.h>

#include <array>
#include <string_view>

#include "base/contains.h"

namespace pyfw {
namespace {

constexpr std::array<std::string_view, 10> kDockersMatches = {
    "tcp", "udp", "sctp", "icmp", "icmp6", "conntrack", "state", "addrtype", "mark", "set"};
constexpr std::array<std::string_view, 6> kDockersTargets = {"ACCEPT", "DROP", "RETURN",
                                                             "DNAT",   "SNAT", "MASQUERADE"};

bool is_dockers_option(std::string_view option, std::string_view value) {
  if (option == "-m") return contains(kDockersMatches, value);
  if (option == "--match-set") return value.starts_with("docker-ext-bridges-v");
  if (option == "--ctstate" || option == "--state") return value == "RELATED,ESTABLISHED";
  return !option.starts_with("--ct");
}

}  // namespace

bool is_surely_not_dockers(const ChainId& id, const Rule& rule) {
  auto target = target_of(rule);
  if (!contains(kDockersTargets, target) && !target.starts_with("DOCKER")) return true;
  auto tokens = tokens_of(rule);
  for (std::size_t i = 0; i + 1 < tokens.size(); ++i)
    if (!is_dockers_option(tokens[i], tokens[i + 1])) return true;
  // There its rules let in to one bridge, or keep out.
  return id.table == "filter" && id.chain == "DOCKER" && !contains(tokens, "-o");
}

bool has_rule(const State& state, const ChainId& id, const Rule& rule) {
  const auto* chain = find_chain(state, id);
  return chain != nullptr && contains(chain->rules, rule.text, &Rule::text);
}

std::string with_its_chain(const ChainId& id, const Rule& rule) {
  return fmt::format("{} {} {}: {}", program_of(id.family), id.table, id.chain, rule.text);
}

}  // namespace pyfw
