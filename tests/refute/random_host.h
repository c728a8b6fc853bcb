// A random host of one family, with rules of one backend or of both.

#pragma once

#include "tests/random/rules.h"

namespace pyfw {

struct RandomHost {
  const World* world = &kIpv4World;
  HostForTests made{};
  bool has_docker = false;
  // Of one backend, and of the other where it has any.
  std::vector<Rules> rules{};

  [[nodiscard]] HostState state() const;
};

RandomHost random_host(const World& world);

}  // namespace pyfw
