// The host under test and its wires, as values: what `ip` is told to make of it, and who lives where.
//
//   eth0, eth1, …   a wire each, to 10.0.N.0/24 and fd00:N::/64; the host is .1, others are .2 and .3
//   docker0         a bridge with the ports port0 and port1, a wire each, likewise

#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "dice.h"
#include "net/ip.h"
#include "net/packet.h"

namespace pyfw::differential {

struct Wire {
  std::string name;  // of the host's end
  Mac host_mac{};
  Mac far_mac{};
  std::string bridge{};  // that the host's end is a port of, or empty

  // Where the host has its addresses on it.
  [[nodiscard]] const std::string& interface() const { return bridge.empty() ? name : bridge; }
};

struct Setting {
  std::string name;  // below /proc/sys/net, as "ipv4/ip_forward"
  std::string value;
};

// Someone at the far end of a wire.
struct Neighbour {
  Ip ip;
  std::size_t wire = 0;
};

struct Topology {
  std::vector<Wire> wires;
  std::vector<std::string> lines{};  // that `ip` is told: addresses, routes, rules
  std::vector<Setting> settings{};

  std::vector<Neighbour> neighbours{};  // of both families
  std::vector<Ip> own{};                // the host's own addresses
  std::vector<Ip> beyond{};             // behind a gateway, or behind none
  std::vector<Ip> odd{};                // broadcast, multicast, loopback, …
};

// A router between 10.0.0.0/24 on eth0 and 10.0.1.0/24 on eth1, likewise for IPv6.
Topology plain_topology();
// The same with docker0, where 10.0.17.2 is behind port0, .3 behind port1 and .4 behind port2, and with a
// default route by eth0.
Topology topology_with_bridge();
Topology random_topology(Dice& dice);

std::string to_string(const Mac& mac);
// The bridge's own.
Mac mac_of_bridge();

}  // namespace pyfw::differential
