#include "netlink/netlink_facts.h"

#include "netlink/links.h"
#include "netlink/routes.h"
#include "netlink/routing_rules.h"

namespace pyfw {

Result<Facts> read_facts() {
  TRY(auto socket, NetlinkSocket::open(NETLINK_ROUTE));
  TRY(auto interfaces, read_interfaces(socket));
  Facts facts;
  TRY(facts.routes, read_routes(socket, interfaces, WhichRoutes::kUnicastOfMain));
  for (auto& [index, interface] : interfaces)
    facts.interfaces.push_back({.name = std::move(interface.name),
                                .is_up = interface.is_up,
                                .bridge = std::move(interface.bridge),
                                .addresses = std::move(interface.addresses)});
  return facts;
}

Result<Facts> read_routing_facts() {
  TRY(auto socket, NetlinkSocket::open(NETLINK_ROUTE));
  TRY(auto interfaces, read_interfaces(socket));
  Facts facts;
  TRY(facts.routes, read_routes(socket, interfaces, WhichRoutes::kAll));
  TRY(facts.rules, read_routing_rules(socket));
  for (auto& [index, interface] : interfaces) facts.interfaces.push_back(std::move(interface));
  return facts;
}

}  // namespace pyfw
