#include "lint/stand_in.h"

#include <fmt/format.h>

#include <set>
#include <utility>

#include "host/dockers_chains.h"
#include "wish/host_variable.h"

namespace pyfw {
namespace {

constexpr std::string_view kExternal = "eth0";

Docker docker_for(const Wishes& wishes) {
  Docker docker;
  std::set<HostVariable> told;
  unsigned number = 1;
  for (const auto& [variable, family] : host_variables_in(wishes)) {
    if (variable.kind == HostVariable::Kind::kExternalInterface) continue;
    if (!told.insert({.kind = HostVariable::Kind::kNetwork, .of = variable.of}).second) continue;
    ++number;
    auto ipv4 = *Prefix::parse(fmt::format("198.18.{}.0/24", number % 256));
    auto ipv6 = *Prefix::parse(fmt::format("2001:db8:{:x}::/64", number));
    docker.networks.push_back({.name = variable.of,
                               .driver = "bridge",
                               .bridge = fmt::format("br-{:012x}", number),
                               .subnets = {ipv4, ipv6}});
    docker.containers.push_back(
        {.name = variable.of,
         .pid = 1,
         .network_mode = variable.of,
         .addresses = {{.network = variable.of, .ip = *Ip::parse(fmt::format("198.18.{}.2", number % 256))},
                       {.network = variable.of, .ip = *Ip::parse(fmt::format("2001:db8:{:x}::2", number))}}});
  }
  return docker;
}

void add_jump(HostState& host, Family family, std::string_view table, std::string_view from,
              std::string_view text, std::string_view to) {
  auto& ruleset = ruleset_of(host.state, family);
  ensure_chain(ruleset, table, to);
  ensure_chain(ruleset, table, from).rules.push_back(Rule{fmt::format("{}-j {}", text, to)});
}

}  // namespace

HostState with_stand_in_facts(HostState host, const Wishes& wishes) {
  auto& facts = host.facts;
  if (!facts.interfaces.empty()) return host;
  facts.interfaces.push_back(
      {.name = "lo", .is_up = true, .addresses = {*Prefix::parse("127.0.0.1/8"), *Prefix::parse("::1/128")}});
  facts.interfaces.push_back({.name = std::string(kExternal), .is_up = true});
  for (auto everywhere : {"0.0.0.0/0", "::/0"})
    facts.routes.push_back({.destination = *Prefix::parse(everywhere), .interface = std::string(kExternal)});
  if (!facts.docker) facts.docker = docker_for(wishes);
  return host;
}

HostState stand_in_host(const Wishes& wishes) {
  HostState host;
  for (auto family : kFamilies) {
    auto has = [&](std::string_view table, std::string_view chain) {
      return wishes.chains.contains(
          {.family = family, .table = std::string(table), .chain = std::string(chain)});
    };
    if (has("filter", "DOCKER-USER")) add_jump(host, family, "filter", "FORWARD", "", "DOCKER-USER");
    for (const auto& [id, chain] : wishes.chains) {
      if (id.family != family || !is_dockers_own(id)) continue;
      if (id.table == "filter") add_jump(host, family, "filter", "FORWARD", "", id.chain);
      if (id.table == "nat")
        add_jump(host, family, "nat", "PREROUTING", "-m addrtype --dst-type LOCAL ", id.chain);
    }
  }
  return with_stand_in_facts(std::move(host), wishes);
}

}  // namespace pyfw
