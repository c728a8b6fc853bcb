// The hosts of the tutorial, and beside them two networks of Docker's and servers on each host:
//
//   192.168.122.0/24 ---+--- docker host  .190 --+-- br-front 172.30.1.1 --+-- app   .2, published as 8001
//                       |                        |                         +-- both
//                       |                        +-- br-back  172.30.2.1 --+-- both
//                       |                        |                         +-- db    .2
//                       |                        +-- hosted, with host networking, on port 81
//                       +--- host2        .193, a server on port 80
//                       +--- intruder     .66,  a server on port 80

#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "lab/tutorial.h"

namespace pyfw::lab {

struct Neighbourhood {
  Tutorial tutorial;
  std::vector<Started> servers{};
  std::string rules{};  // as Docker left them: what iptables-save prints

  static Result<Neighbourhood> build(std::string_view daemon_json);

  // The docker host's firewall becomes what it was, without rules and sets of anyone but Docker.
  [[nodiscard]] Result<void> forget_wishes() const;
};

}  // namespace pyfw::lab
