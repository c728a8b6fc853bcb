#include "kernel/all_facts.h"

#include "docker/docker_facts.h"
#include "netlink/legacy_tables.h"
#include "netlink/listeners.h"
#include "netlink/netlink_facts.h"
#include "sys/host_settings.h"

namespace pyfw {

Result<AllFacts> read_all_facts() {
  AllFacts all;
  TRY(all.facts, read_routing_facts());
  all.facts.settings = read_settings();
  if (auto listeners = read_listeners()) {
    all.facts.listeners = std::move(*listeners);
  } else {
    all.warnings.push_back({.message = "can't see who listens here: " + listeners.error().message});
  }
  if (auto tables = tables_beside_iptables()) {
    all.facts.nft_tables = std::move(*tables);
  } else {
    all.warnings.push_back(std::move(tables).error());
  }
  if (auto docker = read_docker(all.facts.interfaces)) {
    all.facts.docker = std::move(*docker);
  } else {
    all.warnings.push_back(std::move(docker).error());
  }
  return all;
}

}  // namespace pyfw
