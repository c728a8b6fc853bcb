// The networks that the wishes give a name to: each of `vars` whose value is an address or a prefix.

#pragma once

#include <string>
#include <vector>

#include "net/ip.h"
#include "wish/wishes.h"

namespace pyfw {

struct NamedNetwork {
  std::string name{};  // as a rule calls it: "${office}"
  Prefix network{};

  bool operator==(const NamedNetwork&) const = default;
};

std::vector<NamedNetwork> named_networks(const Wishes& wishes);

}  // namespace pyfw
