// What a host offers to others: who listens, and what Docker publishes.

#pragma once

#include <string>
#include <vector>

#include "ask/flows.h"
#include "net/packet.h"

namespace pyfw {

// One port, at one or more addresses of one family.
struct Service {
  std::string name{};  // "host:8000/tcp", "192.168.122.190:8000/tcp"
  std::string what{};  // "sshd", "container web, port 80"; empty where it is not known
  std::uint8_t protocol = kTcp;
  std::uint16_t port = 0;
  std::vector<Ip> destinations{};
  bool is_of_all_addresses = false;  // whatever address of the host it is asked at
};

// All of the host, by port: what listens on the loopback alone is not among them. Fails where neither the
// listeners nor Docker's containers are known.
Result<std::vector<Service>> services_of(const Scene& scene);

// What such an endpoint stands for. Fails, at its place, where that can't be told.
Result<std::vector<Service>> services_at(const Endpoints& endpoints, const Scene& scene);

}  // namespace pyfw
