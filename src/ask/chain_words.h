// What the well-known chains of Docker, libvirt and ufw are for, in half a sentence.
//
//   words_for_chain("nat", "DOCKER")      // "Docker's: published ports, DNAT to their containers"

#pragma once

#include <string_view>

namespace pyfw {

// Empty for a chain that is not known.
std::string_view words_for_chain(std::string_view table, std::string_view chain);

}  // namespace pyfw
