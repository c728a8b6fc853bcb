// The variables that follow the host, by their names:
//
//   ${external_interface}     the interface of the default route
//   ${container:web}          the addresses of a container
//   ${network:shop}           the subnets of a network of Docker
//   ${network:shop:bridge}    the interface that is its bridge

#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "base/error.h"
#include "wish/wishes.h"

namespace pyfw {

struct HostVariable {
  enum class Kind : std::uint8_t { kExternalInterface, kContainer, kNetwork, kBridge };
  Kind kind = Kind::kExternalInterface;
  std::string of{};  // the name of the container or the network

  auto operator<=>(const HostVariable&) const = default;
};

inline constexpr std::string_view kExternalInterface = "external_interface";

// As between the braces.
std::string name_of(const HostVariable& variable);

// None where it is no such variable. Fails, without a place, where a name is missing or is one too many.
Result<std::optional<HostVariable>> host_variable_called(std::string_view name);

struct HostVariableOfFamily {
  HostVariable variable;
  Family family = Family::kIpv4;

  auto operator<=>(const HostVariableOfFamily&) const = default;
};

// Those that the rules name. What `vars` defines does not follow the host.
std::set<HostVariableOfFamily> host_variables_in(const Wishes& wishes);
// Whether one of them has to be asked of Docker.
bool names_docker(const Wishes& wishes);
bool names_external_interface(const Wishes& wishes);

}  // namespace pyfw
