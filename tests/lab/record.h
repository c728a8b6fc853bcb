// Recordings of a real Docker's chains, for where Docker can't run. In tests/lab/recorded:
//
//   picture.txt                           the hosts
//   plain, applied, restarted             as Docker left them; after the wishes were applied; after
//     .iptables-save, .ip6tables-save,    Docker's restart
//     .ipset-save, .rules (iptables -S),
//     .yaml (pyfw state)

#pragma once

#include <string>

#include "base/error.h"

namespace pyfw::lab {

// Makes all of them anew.
Result<void> record(const std::string& folder);

Result<std::string> recorded(const std::string& name);

// What `pyfw` plans on the recorded state of that name, with the wishes of the tutorial.
Result<std::string> plan_from_recording(const std::string& name);

// How `pyfw trace` follows the intruder's packet through the recorded state of that name.
Result<std::string> intruder_in_recording(const std::string& name);
// What `pyfw check` says of the tutorial's goals (goals.h) there.
Result<std::string> goals_in_recording(const std::string& name);

// The text of examples/tutorial.yaml.
Result<std::string> tutorial_wishes();

}  // namespace pyfw::lab
