// The hosts of the tutorial, with a real Docker and real packets:
//
//   192.168.122.0/24 ---+--- docker host  .190 --- docker0 172.17.0.1 --+-- nginx       172.17.0.2
//                       |                                               +-- container2  172.17.0.3
//                       +--- host2        .193
//                       +--- intruder     .66
//
// nginx (busybox httpd stands in for it) listens on port 80, which Docker publishes as 8000.

#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "lab/docker.h"
#include "lab/host.h"
#include "lab/network.h"
#include "lab/probe.h"

namespace pyfw::lab {

struct Tutorial {
  Lab lab;
  Network network;
  Host docker_host;
  Host host2;
  Host intruder;
  Docker docker;

  static Result<Tutorial> build(Backend backend = Backend::kNft, std::string_view daemon_json = "{}\n");

  // Restarts Docker as `systemctl restart docker` does, and waits until nginx serves again.
  Result<void> restart_docker();

  // The tutorial's question, put by real connections: who reaches nginx, and who should, as far as the
  // tutorial has an opinion? The answers stand in this order:
  //   host2, intruder, docker host, each to 192.168.122.190:8000;
  //   docker host to 127.0.0.1:8000 and to the container's own address;
  //   container2 to 172.17.0.1:8000 and to 192.168.122.190:8000.
  struct Answer {
    std::string from;
    std::string to;
    std::optional<Reach> goal;
    Reach reached;
  };
  [[nodiscard]] Result<std::vector<Answer>> who_reaches_nginx() const;
};

}  // namespace pyfw::lab
