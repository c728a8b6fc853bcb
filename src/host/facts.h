// What is known of the host besides its rules: interfaces, addresses, routes, what the kernel is set to, who
// listens, and what Docker runs.

#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "host/docker.h"
#include "net/ip.h"
#include "net/packet.h"

namespace pyfw {

struct Interface {
  std::string name;
  bool is_up = false;
  std::string bridge{};  // the bridge that it is a port of, or empty
  std::vector<Prefix> addresses{};
  std::string kind{};  // as `ip -d link` names it: bridge, veth, vlan, macvlan, …; empty for hardware
  std::optional<Mac> mac{};
  std::uint32_t index = 0;
  std::uint32_t peer_index = 0;  // of a veth: its other end's index, in whatever namespace that is

  bool operator==(const Interface&) const = default;
};

enum class RouteType : std::uint8_t {
  kUnicast,
  kLocal,
  kBroadcast,
  kAnycast,
  kMulticast,
  kBlackhole,
  kUnreachable,
  kProhibit,
  kThrow,
};

constexpr std::uint32_t kMainTable = 254;
constexpr std::uint32_t kLocalTable = 255;

struct Route {
  Prefix destination;
  std::optional<Ip> gateway{};
  std::string interface{};  // empty where there is none
  std::uint32_t metric = 0;
  RouteType type = RouteType::kUnicast;
  std::uint32_t table = kMainTable;
  std::optional<Ip> preferred_source{};
  bool has_more_hops = false;  // gateway and interface are those of the first
  std::string others{};        // what else it looks at (tos, a source prefix), in words

  bool operator==(const Route&) const = default;
};

// One of `ip rule`, which leads to a table.
struct RoutingRule {
  Family family = Family::kIpv4;
  std::uint32_t priority = 0;
  bool is_inverted = false;
  std::optional<Prefix> from{};
  std::optional<Prefix> to{};
  std::string in_interface{};
  std::string out_interface{};
  std::uint32_t mark = 0;
  std::uint32_t mark_mask = 0;
  // Of kUnicast the table that is asked; kBlackhole, kUnreachable and kProhibit end it.
  RouteType action = RouteType::kUnicast;
  std::uint32_t table = kMainTable;
  // What else it looks at (tos, ports, uids, an l3mdev, a suppressed prefix length), in words.
  std::string others{};

  bool operator==(const RoutingRule&) const = default;
};

// net.ipv4.conf.NAME and net.ipv6.conf.NAME; "all" and "default" are kept as they are.
struct InterfaceSettings {
  int rp_filter = 0;
  bool route_localnet = false;
  bool forwards_ipv4 = false;
  bool forwards_ipv6 = false;

  bool operator==(const InterfaceSettings&) const = default;
};

struct Settings {
  bool ip_forward = false;
  bool bridge_nf_call_iptables = false;  // also false where br_netfilter is not there
  bool bridge_nf_call_ip6tables = false;
  std::uint8_t default_ttl = 64;
  std::map<std::string, InterfaceSettings, std::less<>> interfaces{};

  bool operator==(const Settings&) const = default;
};

// A socket of this network namespace that waits for packets: TCP in LISTEN, UDP that is not connected.
struct Listener {
  std::uint8_t protocol = kTcp;
  Ip address;  // all zero: any. An IPv6 socket that takes IPv4 too stands twice
  std::uint16_t port = 0;
  std::string interface{};  // that it is bound to, or empty
  std::string program{};    // who holds it, where that can be seen

  bool operator==(const Listener&) const = default;
};

struct Facts {
  std::vector<Interface> interfaces{};
  std::vector<Route> routes{};  // of all tables where they were asked for, else the unicast ones of main
  std::vector<RoutingRule> rules{};
  std::optional<Settings> settings{};                // none: nobody has looked
  std::optional<std::vector<Listener>> listeners{};  // none: nobody has looked
  // Of nftables itself, as "inet firewalld": they see packets too, and nobody looks into them.
  std::vector<std::string> nft_tables{};
  std::optional<Docker> docker{};  // none: there is no socket, or nobody has looked

  bool operator==(const Facts&) const = default;
};

// The interface of the family's default route with the lowest metric: what ${external_interface} means. None
// where the family has no default route.
std::optional<std::string> external_interface(const Facts& facts, Family family);

}  // namespace pyfw
