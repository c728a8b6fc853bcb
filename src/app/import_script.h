// What a script of firewall commands would put up on this host, as wishes. It runs twice in a cage, the
// second time with other names for the interfaces: so what follows the default route becomes
// ${external_interface}.

#pragma once

#include <string>
#include <vector>

#include "adopt/adopt.h"
#include "base/error.h"
#include "host/state_document.h"

namespace pyfw {

struct ScriptCall {
  std::string path;
  std::vector<std::string> arguments{};
};

// What has to be said of the runs goes to standard error.
Result<Adopted> import_script(const ScriptCall& call, const HostState& host, AdoptOptions options);

}  // namespace pyfw
