#include "random_rules.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "random_match.h"
#include "random_target.h"

namespace pyfw::differential {
namespace {

Hooks hooks_of(std::string_view builtin_chain) {
  const std::map<std::string_view, Hook> kHooks = {{"PREROUTING", Hook::kPrerouting},
                                                   {"INPUT", Hook::kInput},
                                                   {"FORWARD", Hook::kForward},
                                                   {"OUTPUT", Hook::kOutput},
                                                   {"POSTROUTING", Hook::kPostrouting}};
  return bit(kHooks.at(builtin_chain));
}

// A user chain is reached only from builtin chains of these hooks.
struct Planned {
  std::string name;
  Hooks hooks = 0;
};

std::vector<Planned> plan_user_chains(Dice& dice, std::string_view table) {
  std::vector<Planned> out;
  auto builtin = builtin_chains(table);
  for (std::size_t i = dice.below(5); i > 0; --i) {
    Planned chain{.name = fmt::format("user{}", out.size())};
    for (std::size_t n = 1 + dice.below(2); n > 0; --n)
      chain.hooks |= hooks_of(builtin[dice.below(builtin.size())]);
    out.push_back(std::move(chain));
  }
  return out;
}

Chain fill(const Near& near, const Sets& sets, Chain chain, const Standing& standing,
           const std::vector<std::string>& jumps, std::size_t most) {
  for (std::size_t i = near.dice().below(most + 1); i > 0; --i) {
    auto matches = random_matches(near, standing, sets);
    auto text = matches.text + random_target(near, standing, matches, jumps);
    // A rule without anything is none that iptables would print.
    text.erase(0, std::min(text.find_first_not_of(' '), text.size()));
    if (text.empty()) text = "-j ACCEPT";
    chain.rules.push_back({std::move(text)});
  }
  return chain;
}

// Chains go only to those behind them, so that there are no loops.
std::vector<std::string> jumps_from(const std::vector<Planned>& user_chains, std::size_t from, Hooks hooks) {
  std::vector<std::string> out;
  for (std::size_t i = from; i < user_chains.size(); ++i)
    if ((hooks & ~user_chains[i].hooks) == 0) out.push_back(user_chains[i].name);
  return out;
}

Table random_table(const Near& near, const Sets& sets, std::string_view name) {
  Table table{.name = std::string(name)};
  auto& dice = near.dice();
  auto user_chains = plan_user_chains(dice, name);
  for (auto builtin : builtin_chains(name)) {
    Standing standing{.table = table.name, .hooks = hooks_of(builtin), .is_builtin = true};
    bool may_drop = name != "nat" && dice.chance(10);
    table.chains.push_back(fill(near, sets,
                                {.name = std::string(builtin), .policy = may_drop ? "DROP" : "ACCEPT"},
                                standing, jumps_from(user_chains, 0, standing.hooks), 9));
  }
  for (std::size_t i = 0; i < user_chains.size(); ++i) {
    Standing standing{.table = table.name, .hooks = user_chains[i].hooks};
    table.chains.push_back(fill(near, sets, {.name = user_chains[i].name}, standing,
                                jumps_from(user_chains, i + 1, standing.hooks), 6));
  }
  return table;
}

// --- sets ------------------------------------------------------------------------------------------------

std::string member_of(const Near& near, std::string_view type) {
  auto& dice = near.dice();
  auto port = [&] {
    const std::vector<std::string> protocols = {"tcp", "tcp", "udp"};
    return fmt::format("{}:{}", dice.pick(protocols), near.port());
  };
  auto net = [&] {
    for (int i = 0; i < 20; ++i) {
      auto prefix = near.prefix();
      if (!prefix.ends_with("/0")) return prefix;
    }
    return near.ip().to_string();
  };
  if (type == "hash:ip") return near.ip().to_string();
  if (type == "hash:net") return net();
  if (type == "hash:ip,port") return near.ip().to_string() + "," + port();
  if (type == "hash:net,port") return net() + "," + port();
  if (type == "hash:ip,port,ip")
    return fmt::format("{},{},{}", near.ip().to_string(), port(), near.ip().to_string());
  if (type == "hash:ip,port,net") return fmt::format("{},{},{}", near.ip().to_string(), port(), net());
  if (type == "hash:net,iface") {
    auto interface = near.interface();
    std::replace(interface.begin(), interface.end(), '+', '0');
    return net() + "," + interface;
  }
  if (type == "bitmap:port") return std::to_string(near.port());
  return {};
}

void fill_set(const Near& near, Set& set) {
  std::vector<std::string> elements;
  for (std::size_t i = near.dice().below(7); i > 0; --i) {
    auto element = member_of(near, set.type);
    // Which interpretations of zero the types refuse is their own matter.
    if (element.starts_with("0.0.0.0") || element.starts_with("::/")) continue;
    if (std::ranges::find(elements, element) != elements.end()) continue;
    elements.push_back(element);
    if (set.type.find("net") != std::string::npos && near.dice().chance(25)) element += " nomatch";
    set.members.push_back(std::move(element));
  }
}

Set list_of(const Near& near, const Sets& sets) {
  Set list{.name = "list" + near.family_word(), .type = "list:set", .header = "size 8"};
  for (const auto& set : sets)
    if (has_family(set, near.family()) && near.dice().chance(40)) list.members.push_back(set.name);
  return list;
}

}  // namespace

Sets random_sets(const Near& near) {
  Sets out;
  auto& dice = near.dice();
  for (const auto* type : {"hash:ip", "hash:net", "hash:ip,port", "hash:net,port", "hash:ip,port,ip",
                           "hash:ip,port,net", "hash:net,iface"}) {
    if (dice.chance(50)) continue;
    auto name = fmt::format("{}{}", type, near.is_ipv4() ? 4 : 6);
    std::ranges::replace_if(name, [](char c) { return c == ':' || c == ','; }, '_');
    Set set{.name = name, .type = type, .header = fmt::format("family {}", near.family_word())};
    if (dice.chance(20)) set.header += " timeout 0";
    fill_set(near, set);
    out.push_back(std::move(set));
  }
  // These are of both families, and made once.
  if (near.is_ipv4() && dice.chance(40)) {
    Set set{.name = "ports", .type = "bitmap:port", .header = "range 0-65535"};
    fill_set(near, set);
    out.push_back(std::move(set));
  }
  if (near.is_ipv4() && dice.chance(30)) {
    Set set{.name = "bits", .type = "bitmap:ip", .header = "range 10.0.0.0/16"};
    for (const auto* member : {"10.0.0.2", "10.0.1.2", "10.0.1.1"})
      if (dice.chance(50)) set.members.emplace_back(member);
    out.push_back(std::move(set));
  }
  if (dice.chance(30)) out.push_back(list_of(near, out));
  return out;
}

Ruleset random_ruleset(const Near& near, const Sets& sets) {
  Ruleset out;
  auto& dice = near.dice();
  for (auto name : table_names()) {
    int percent = name == "security" ? 20 : name == "filter" ? 95 : 60;
    if (dice.chance(percent)) out.tables.push_back(random_table(near, sets, name));
  }
  return out;
}

}  // namespace pyfw::differential
