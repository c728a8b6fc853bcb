// Looks at the wishes and the host as look() does (look.h), for whoever says what is wrong with the wishes:
// what a wish names and nobody makes, and a rule that iptables refuses, are told, and looking goes on.
//
//   TRY(auto seen, look_leniently(wishes, kernel, {}, {}));
//   for (const Error& error : seen.refused) …
//
// What is missing is taken for there, and what is in it for unknown; a refused rule stands as it was written.

#pragma once

#include <optional>
#include <vector>

#include "engine/kernel.h"
#include "engine/look.h"
#include "keep/record.h"

namespace pyfw {

struct LenientLook {
  WrittenRules written;
  HostState live;
  Desired desired;
  std::vector<Error> missing_sets;
  std::vector<Error> missing_chains;
  std::vector<Error> refused;
  std::vector<Error> uncalled;  // chains that nothing jumps to
  std::vector<Error> warnings;  // of variables, and of what could not be looked at
};

// `record` is what pyfw applied last: what the wishes name no more goes.
Result<LenientLook> look_leniently(const Wishes& wishes, Kernel& kernel, const LastValues& last,
                                   const std::optional<Record>& record);

}  // namespace pyfw
