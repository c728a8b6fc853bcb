// Which of the two backends a host's rules are on. Both see every packet, so rules that a person takes for
// one firewall may be two; Docker's programs decide which one its own are on.

#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "nf/backend.h"
#include "nf/state.h"
#include "wish/wishes.h"

namespace pyfw {

struct BackendChoice {
  Backend backend = Backend::kNft;
  std::string why;                      // "Docker's rules are there"
  std::optional<BackendRules> other{};  // the rules of the other backend, where they matter
};

// Any rule, user chain, or policy but ACCEPT.
bool is_of_consequence(const BackendRules& state);

// Docker's backend; else the one that holds rules; else the one that `iptables` means. Fails where both hold
// rules and Docker is in neither or in both: then the owner must say which.
Result<BackendChoice> choose_backend(const BackendRules& nft, const BackendRules& legacy, Backend usual);

// The same for one who looks at both: where the owner would have to say, it is the one that `iptables` means.
BackendChoice choose_main_backend(const BackendRules& nft, const BackendRules& legacy, Backend usual);

// Fails, at the place of a wish, where a rule of its name stands in the backend that was not chosen.
Result<void> refuse_split(const Wishes& wishes, const BackendChoice& choice);

}  // namespace pyfw
