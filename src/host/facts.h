// What is known of the host besides its rules: interfaces, addresses, routes.

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "net/ip.h"

namespace pyfw {

struct Interface {
  std::string name;
  bool is_up = false;
  std::string bridge{};  // the bridge that it is a port of, or empty
  std::vector<Prefix> addresses{};

  bool operator==(const Interface&) const = default;
};

// A unicast route of the main table.
struct Route {
  Prefix destination;
  std::optional<Ip> gateway{};
  std::string interface;
  std::uint32_t metric = 0;

  bool operator==(const Route&) const = default;
};

struct Facts {
  std::vector<Interface> interfaces;
  std::vector<Route> routes;

  bool operator==(const Facts&) const = default;
};

// The interface of the family's default route with the lowest metric: what ${external_interface} means.
// Fails where the family has no default route.
Result<std::string> external_interface(const Facts& facts, Family family);

}  // namespace pyfw
