#include "host/facts.h"

namespace pyfw {

std::optional<std::string> external_interface(const Facts& facts, Family family) {
  const Route* best = nullptr;
  for (const auto& route : facts.routes) {
    if (route.table != kMainTable || route.type != RouteType::kUnicast) continue;
    if (route.destination.ip.family() != family || route.destination.length != 0) continue;
    if (best == nullptr || route.metric < best->metric) best = &route;
  }
  if (best == nullptr || best->interface.empty()) return {};
  return best->interface;
}

}  // namespace pyfw
