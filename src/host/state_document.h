// A state as a document: what `pyfw --print-state` prints and `--use-state` takes back.
//
//   pyfw_state:
//     iptables:
//       filter:
//         INPUT:
//           default_action: ACCEPT        # '-' for a user chain
//           rules: [...]                  # without `-A INPUT`
//     ip6tables: {...}
//     ipsets:
//       allowed_hosts: {type: hash:ip, header: family inet …, members: [...]}
//     facts: {interfaces: [...], routes: [...]}
//
// and, where more was asked for, `backend: nft`, `other_backend: {iptables: {...}, ip6tables: {...}}`, and
// all that fields.h has of the facts.

#pragma once

#include <memory>
#include <optional>
#include <string>

#include "base/error.h"
#include "host/facts.h"
#include "nf/backend.h"
#include "nf/state.h"

namespace pyfw {

struct HostState {
  State state;
  Facts facts;
  std::optional<Backend> backend{};     // that the rules of `state` are on; none: nobody said so
  std::optional<BackendRules> other{};  // the rules of the other backend, where it has some

  bool operator==(const HostState&) const = default;
};

// Tables and sets by name, builtin chains first, members sorted where their order means nothing: two
// states that are equal print the same.
std::string write_state_yaml(const HostState& host);
std::string write_state_json(const HostState& host);
// The three texts one after the other, each as its program would print it.
std::string write_state_save(const HostState& host);

// Takes `pyfw_state:` or `state:`. Fails with the place.
Result<HostState> parse_state_yaml(const std::shared_ptr<const Source>& document);

}  // namespace pyfw
