// An Ethernet network between hosts of the lab: a bridge in a namespace of its own, and a wire from it
// to the interface eth0 of each host. The bridge itself has the network's first address, as its router.
//
//   TRY(auto network, Network::make(lab, "192.168.122.1/24"));
//   TRY_VOID(network.attach(host2, "192.168.122.193/24"));

#pragma once

#include <string>

#include "base/error.h"
#include "lab/host.h"

namespace pyfw::lab {

class Network {
 public:
  static Result<Network> make(Lab& lab, const std::string& router);
  // Gives the host an eth0 with that address, and a default route by the router.
  Result<void> attach(const Host& host, const std::string& address);

 private:
  Network(Host bridge, std::string router) : bridge_(std::move(bridge)), router_(std::move(router)) {}

  Host bridge_;
  std::string router_;
  int wires_ = 0;
};

}  // namespace pyfw::lab
