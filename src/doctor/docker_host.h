// What several checks ask of the Docker of a host.

#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "doctor/examined.h"

namespace pyfw {

// Null where there is none.
const Docker* docker_of(const Examined& host);
// Whether it is Podman that answers in its place.
bool runs_podman(const Examined& host);
// Whose the networks and containers are: "Docker" or "Podman".
std::string_view engine_name(const Examined& host);
// Whether Docker itself writes rules of iptables here, as far as its settings tell.
bool docker_writes_iptables(const Examined& host);

bool is_running(const Container& container);
// Containers that run and have an address behind a bridge of Docker.
std::vector<const Container*> bridged_containers(const Docker& docker);
bool is_bridge_of_docker(const Docker* docker, std::string_view interface);
std::size_t published_ports(const Docker& docker);
// Of them those that are not on a loopback address.
std::size_t ports_published_to_others(const Docker& docker);

// Whether it is on the way to others: hardware or what stands for it, not the host's own bridges and tunnels,
// unless the default route goes there.
bool is_outside(const Facts& facts, std::string_view interface);

// In which layout its chains are, in words; empty where there are none.
std::string layout_of_docker(const HostState& host);

}  // namespace pyfw
