#include "sys/all_facts.h"

#include "sys/docker_facts.h"
#include "sys/host_settings.h"
#include "sys/legacy_tables.h"
#include "sys/listeners.h"
#include "sys/netlink_facts.h"

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
