#include "host/facts.h"

#include <fmt/format.h>

namespace pyfw {

Result<std::string> external_interface(const Facts& facts, Family family) {
  const Route* best = nullptr;
  for (const auto& route : facts.routes) {
    if (route.table != kMainTable || route.type != RouteType::kUnicast) continue;
    if (route.destination.ip.family() != family || route.destination.length != 0) continue;
    if (best == nullptr || route.metric < best->metric) best = &route;
  }
  if (best == nullptr)
    return bad_input(fmt::format("no default route for {}, so there is no ${{external_interface}}",
                                 family == Family::kIpv4 ? "IPv4" : "IPv6"),
                     "name the interface under vars: external_interface: eth0");
  return best->interface;
}

}  // namespace pyfw
