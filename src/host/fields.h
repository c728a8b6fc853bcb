// Which fields each part of the facts has in a document, said once for those who write it and for the one who
// reads it back. `io` is one of FieldsToYaml, FieldsToJson and FieldsFromYaml; it knows
//
//   io.always(key, value)         // written each time; what a document lacks stays as it is
//   io.needed(key, value)         // and a document that lacks it is refused
//   io.unless_default(key, value, default)
//   io.list(key, values)          // of values or of parts; written each time
//   io.list_if_any(key, values)
//   io.optional(key, value)       // a std::optional of a value, a part or a list
//   io.part_map(key, parts)       // parts by their names
//
// and for the first three how the value is spelled, where that is not the usual way: io.always<UpOrDown>(…).

#pragma once

#include <concepts>
#include <type_traits>

#include "host/spelling.h"

namespace pyfw {

// A part that is written, or one that is being read.
template <typename Given, typename Part>
concept Some = std::same_as<std::remove_const_t<Given>, Part>;

void fields(auto& io, Some<Interface> auto& interface) {
  io.needed("name", interface.name);
  io.template always<UpOrDown>("state", interface.is_up);
  io.unless_default("kind", interface.kind, std::string());
  io.unless_default("index", interface.index, 0U);
  io.unless_default("peer_index", interface.peer_index, 0U);
  io.unless_default("bridge", interface.bridge, std::string());
  io.optional("mac", interface.mac);
  io.list("addresses", interface.addresses);
}

void fields(auto& io, Some<Route> auto& route) {
  io.unless_default("type", route.type, RouteType::kUnicast);
  io.needed("to", route.destination);
  io.optional("via", route.gateway);
  io.always("interface", route.interface);
  io.always("metric", route.metric);
  io.template unless_default<RoutingTableName>("table", route.table, kMainTable);
  io.optional("source", route.preferred_source);
  io.unless_default("more_hops", route.has_more_hops, false);
  io.unless_default("others", route.others, std::string());
}

void fields(auto& io, Some<RoutingRule> auto& rule) {
  io.needed("family", rule.family);
  io.needed("priority", rule.priority);
  io.unless_default("not", rule.is_inverted, false);
  io.optional("from", rule.from);
  io.optional("to", rule.to);
  io.unless_default("in_interface", rule.in_interface, std::string());
  io.unless_default("out_interface", rule.out_interface, std::string());
  io.template unless_default<HexNumber>("mark", rule.mark, 0U);
  io.template unless_default<HexNumber>("mark_mask", rule.mark_mask, 0U);
  io.unless_default("others", rule.others, std::string());
  io.unless_default("action", rule.action, RouteType::kUnicast);
  io.template always<RoutingTableName>("table", rule.table);
}

void fields(auto& io, Some<InterfaceSettings> auto& settings) {
  io.always("rp_filter", settings.rp_filter);
  io.always("route_localnet", settings.route_localnet);
  io.always("forwards_ipv4", settings.forwards_ipv4);
  io.always("forwards_ipv6", settings.forwards_ipv6);
}

void fields(auto& io, Some<Settings> auto& settings) {
  io.always("ip_forward", settings.ip_forward);
  io.always("bridge_nf_call_iptables", settings.bridge_nf_call_iptables);
  io.always("bridge_nf_call_ip6tables", settings.bridge_nf_call_ip6tables);
  io.always("default_ttl", settings.default_ttl);
  io.part_map("interfaces", settings.interfaces);
}

void fields(auto& io, Some<Listener> auto& listener) {
  io.template always<ProtocolName>("protocol", listener.protocol);
  io.needed("address", listener.address);
  io.needed("port", listener.port);
  io.unless_default("interface", listener.interface, std::string());
  io.unless_default("program", listener.program, std::string());
}

void fields(auto& io, Some<DockerNetwork> auto& network) {
  io.needed("name", network.name);
  io.unless_default("id", network.id, std::string());
  io.always("driver", network.driver);
  io.unless_default("bridge", network.bridge, std::string());
  io.list_if_any("subnets", network.subnets);
  io.list_if_any("gateways", network.gateways);
  io.unless_default("internal", network.is_internal, false);
  io.unless_default("icc", network.has_icc, true);
  io.unless_default("masquerade", network.masquerades, true);
  io.unless_default("gateway_mode", network.gateway_mode, std::string());
}

void fields(auto& io, Some<ContainerAddress> auto& address) {
  io.needed("network", address.network);
  io.needed("ip", address.ip);
  io.always("length", address.length);
  io.optional("gateway", address.gateway);
  io.optional("mac", address.mac);
}

void fields(auto& io, Some<PublishedPort> auto& port) {
  io.template always<ProtocolName>("protocol", port.protocol);
  io.optional("host_ip", port.host_ip);
  io.needed("host_port", port.host_port);
  io.needed("container_port", port.container_port);
  io.always("proxy", port.has_proxy);
}

void fields(auto& io, Some<Container::Listening> auto& listening) {
  io.template always<ProtocolName>("protocol", listening.protocol);
  io.needed("address", listening.address);
  io.needed("port", listening.port);
}

void fields(auto& io, Some<Container> auto& container) {
  io.needed("name", container.name);
  io.unless_default("id", container.id, std::string());
  io.always("pid", container.pid);
  io.always("network_mode", container.network_mode);
  io.unless_default("in_network_of", container.in_network_of, std::string());
  io.list_if_any("addresses", container.addresses);
  io.list_if_any("ports", container.ports);
  io.list_if_any("interfaces", container.interfaces);
  io.optional("listeners", container.listeners);
}

void fields(auto& io, Some<Docker> auto& docker) {
  io.unless_default("version", docker.version, std::string());
  io.always("userland_proxy", docker.userland_proxy);
  io.list("networks", docker.networks);
  io.list("containers", docker.containers);
}

void fields(auto& io, Some<Facts> auto& facts) {
  io.list("interfaces", facts.interfaces);
  io.list("routes", facts.routes);
  io.list_if_any("rules", facts.rules);
  io.optional("settings", facts.settings);
  io.optional("listeners", facts.listeners);
  io.list_if_any("nft_tables", facts.nft_tables);
  io.optional("docker", facts.docker);
}

}  // namespace pyfw
