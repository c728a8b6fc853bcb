// Rules that hold on to an object of the host that a namespace of our own has not, or that is shared by all.

#pragma once

#include "nf/rule.h"

namespace pyfw {

// nfacct objects, CT timeout policies and cgroup paths are missing elsewhere; the label of an IDLETIMER, an
// LED or a rateest is shared by all namespaces, so that trying the rule elsewhere would touch the live one.
bool needs_host_object(const Rule& rule);

}  // namespace pyfw
