// The hosts that the recipes in examples/ speak of, with the addresses that stand there:
//
//   outside                                       docker host
//   a         192.0.2.2       2001:db8:5::2    --+
//   b         192.0.2.3       2001:db8:5::3    --+           +-- docker0 --- web, published as 80 and 8000
//   c         192.0.2.66      2001:db8:5::66   --+-- eth0 ---+
//   stranger  198.51.100.200  2001:db8:6::200  --+           +-- br-old --- old, published as 8001
//   inside    10.0.7.5                         ----- eth1
//
// At its eth0 the docker host is 203.0.113.10 and 198.51.100.2, 2001:db8:1111::2 and 2001:db8:2222::2. web
// has an address of IPv6; old has none, so that docker-proxy serves it there. All others have a web server on
// port 80; the docker host has one on 22 and on 53.

#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/error.h"
#include "lab/docker.h"
#include "lab/host.h"
#include "lab/network.h"

namespace pyfw::recipes {

struct Crossroads {
  lab::Lab lab;
  lab::Network outside;
  lab::Host docker_host;
  std::map<std::string, lab::Host> others;
  lab::Docker docker;  // its containers outlive a restart
  std::map<std::string, Fd> containers;
  std::vector<lab::Started> servers;

  static Result<Crossroads> build();
  // By the names above, "docker host" among them.
  [[nodiscard]] int network_of(const std::string& name) const;
};

}  // namespace pyfw::recipes
