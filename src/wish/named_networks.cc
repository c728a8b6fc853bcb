#include "wish/named_networks.h"

#include <fmt/format.h>

namespace pyfw {

std::vector<NamedNetwork> named_networks(const Wishes& wishes) {
  std::vector<NamedNetwork> out;
  for (const auto& [name, value] : wishes.vars)
    if (auto network = Prefix::parse(value.text))
      out.push_back({.name = fmt::format("${{{}}}", name), .network = *network});
  return out;
}

}  // namespace pyfw
