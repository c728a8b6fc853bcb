#include "host/dockers_chains.h"

#include <array>

#include "base/contains.h"

namespace pyfw {
namespace {

constexpr std::array<std::string_view, 9> kInFilter = {
    "DOCKER",         "DOCKER-ISOLATION", "DOCKER-ISOLATION-STAGE-1", "DOCKER-ISOLATION-STAGE-2",
    "DOCKER-FORWARD", "DOCKER-CT",        "DOCKER-INTERNAL",          "DOCKER-BRIDGE",
    "DOCKER-INGRESS"};
// The last two are in the namespaces of containers.
constexpr std::array<std::string_view, 4> kInNat = {"DOCKER", "DOCKER-INGRESS", "DOCKER_OUTPUT",
                                                    "DOCKER_POSTROUTING"};

}  // namespace

bool is_dockers_own(const ChainId& id) {
  if (id.table == "filter") return contains(kInFilter, id.chain);
  return id.table == "nat" && contains(kInNat, id.chain);
}

}  // namespace pyfw
