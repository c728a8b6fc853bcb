// Facts in which no field has the value that it has by itself, so that a test sees when one gets lost.

#pragma once

#include "host/facts.h"

namespace pyfw {

inline Docker docker_for_tests() {
  Docker docker{.version = "20.10.24", .userland_proxy = false};
  docker.networks = {{.name = "front",
                      .id = "0123456789abcdef",
                      .driver = "bridge",
                      .bridge = "br-0123456789ab",
                      .subnets = {*Prefix::parse("172.18.0.0/16"), *Prefix::parse("fd00:1::/64")},
                      .gateways = {*Ip::parse("172.18.0.1")},
                      .is_internal = true,
                      .has_icc = false,
                      .masquerades = false,
                      .gateway_mode = "routed"}};
  docker.containers = {{.name = "web",
                        .id = "fedcba9876543210",
                        .pid = 4711,
                        .network_mode = "container:db",
                        .in_network_of = "db",
                        .addresses = {{.network = "front",
                                       .ip = *Ip::parse("172.18.0.2"),
                                       .length = 16,
                                       .gateway = Ip::parse("172.18.0.1"),
                                       .mac = Mac{2, 0x42, 0xac, 0x12, 0, 2}}},
                        .ports = {{.protocol = kUdp,
                                   .host_ip = Ip::parse("127.0.0.1"),
                                   .host_port = 8000,
                                   .container_port = 80,
                                   .has_proxy = true}},
                        .interfaces = {"veth1"},
                        .listeners = {{{.protocol = kSctp, .address = *Ip::parse("::1"), .port = 80}}}}};
  return docker;
}

inline Facts facts_for_tests() {
  Facts facts;
  facts.interfaces = {{.name = "veth1",
                       .is_up = true,
                       .bridge = "br-0123456789ab",
                       .addresses = {*Prefix::parse("fe80::1/64")},
                       .kind = "veth",
                       .mac = Mac{2, 0, 0, 0, 0, 0xff},
                       .index = 7,
                       .peer_index = 6}};
  facts.routes = {{.destination = *Prefix::parse("192.0.2.0/24"),
                   .gateway = Ip::parse("192.0.2.254"),
                   .interface = "veth1",
                   .metric = 100,
                   .type = RouteType::kLocal,
                   .table = kLocalTable,
                   .preferred_source = Ip::parse("192.0.2.1"),
                   .has_more_hops = true,
                   .others = "tos 0x10"},
                  {.destination = *Prefix::parse("10.0.0.0/8"), .type = RouteType::kBlackhole, .table = 100}};
  facts.rules = {{.family = Family::kIpv6,
                  .priority = 32000,
                  .is_inverted = true,
                  .from = Prefix::parse("2001:db8::/32"),
                  .to = Prefix::parse("2001:db8:1::/48"),
                  .in_interface = "veth1",
                  .out_interface = "lo",
                  .mark = 0x10,
                  .mark_mask = 0xff,
                  .action = RouteType::kProhibit,
                  .table = 253,
                  .others = "tos 0x10"}};
  facts.settings = Settings{
      .ip_forward = true,
      .bridge_nf_call_iptables = true,
      .bridge_nf_call_ip6tables = true,
      .default_ttl = 65,
      .interfaces = {
          {"all", {.rp_filter = 2, .route_localnet = true, .forwards_ipv4 = true, .forwards_ipv6 = true}}}};
  facts.listeners = {{{.protocol = kUdp,
                       .address = *Ip::parse("127.0.0.53"),
                       .port = 53,
                       .interface = "lo",
                       .program = "systemd-resolve"}}};
  facts.nft_tables = {"inet firewalld"};
  facts.docker = docker_for_tests();
  return facts;
}

}  // namespace pyfw
