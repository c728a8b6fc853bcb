// Packets that don't get past a rule of a chain that they begin. Of what is no jump they may be more: all
// that it asks for, whether rules before it take them or not.

#pragma once

#include "prove/bdd.h"
#include "trace/path.h"

namespace pyfw {

struct Loss {
  RuleRef rule{};
  Bdd::Node packets = Bdd::kNone;
};

}  // namespace pyfw
