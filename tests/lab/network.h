// An Ethernet network between hosts of the lab: a bridge in a namespace of its own, and a wire from it
// to the interface eth0 of each host. The bridge itself has the network's first address, as its router.
//
//   TRY(auto network, Network::make(lab, "192.168.122.1/24"));
//   TRY_VOID(network.attach(host2, "192.168.122.193/24"));
//   TRY_VOID(network.add_router("2001:db8:6::1/64"));    // who is in 2001:db8:6::/64 has that one

#pragma once

#include <string>
#include <vector>

#include "base/error.h"
#include "lab/host.h"
#include "net/ip.h"

namespace pyfw::lab {

// A wire between two hosts, with an interface at each end that is up and has no address.
Result<void> wire(const Host& one, const std::string& its_interface, const Host& other,
                  const std::string& others_interface);

class Network {
 public:
  static Result<Network> make(Lab& lab, const std::string& router);
  // One more address of the router, which forwards between all of its networks.
  Result<void> add_router(const std::string& address);
  // How the router reaches what is behind one of those that are attached.
  [[nodiscard]] Result<void> add_route(const std::string& network, const std::string& via) const;
  // Gives the host an eth0 with that address, and a default route by the router of its network.
  Result<void> attach(const Host& host, const std::string& address);
  // One more address for the eth0 of a host that is attached, and a default route if its family has none.
  Result<void> add_address(const Host& host, const std::string& address) const;

 private:
  explicit Network(Host bridge) : bridge_(std::move(bridge)) {}
  [[nodiscard]] Result<void> add_default_route(const Host& host, const Prefix& address) const;

  Host bridge_;
  std::vector<Prefix> routers_{};
  int wires_ = 0;
};

}  // namespace pyfw::lab
