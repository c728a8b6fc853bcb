#include "host/docker.h"

#include <algorithm>

namespace pyfw {
namespace {

constexpr std::size_t kShortestId = 4;

}  // namespace

const Container* find_container(const Docker& docker, std::string_view name_or_id) {
  for (const auto& container : docker.containers)
    if (container.name == name_or_id || (!container.id.empty() && container.id == name_or_id))
      return &container;
  if (name_or_id.size() < kShortestId) return nullptr;
  const Container* found = nullptr;
  for (const auto& container : docker.containers) {
    if (!container.id.starts_with(name_or_id)) continue;
    if (found != nullptr) return nullptr;
    found = &container;
  }
  return found;
}

const DockerNetwork* find_network(const Docker& docker, std::string_view name) {
  auto found = std::ranges::find(docker.networks, name, &DockerNetwork::name);
  return found == docker.networks.end() ? nullptr : &*found;
}

}  // namespace pyfw
