// What the variables that follow the host are worth: live, as they were last known, or nothing.

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "host/facts.h"
#include "host/last_values.h"
#include "wish/host_variable.h"

namespace pyfw {

struct HostKnowledge {
  const Facts& facts;
  std::optional<Docker> docker{};  // none: it does not answer, or there is none
  LastValues last{};
};

// The texts that a variable stands for in a rule of the family.
struct HostValue {
  enum class Standing : std::uint8_t { kLive, kLastKnown, kNone };
  Standing standing = Standing::kLive;
  std::vector<std::string> texts{};  // none only of kNone
  // What is not live is so for every rule, or for those alone that drop and reject.
  bool holds_for_all = true;
  // What to tell of one that is not live: "container 'web' is away", "it is back", "the last known value".
  std::string why{};
  std::string until{};
  std::string stand_in{};
  std::string hint{};
};

// Texts from Docker and from what was kept are no more trusted than that: what is no address of the family is
// none. Whether a rule can name an interface is for check_interface_name().
HostValue value_of(const HostVariable& variable, Family family, const HostKnowledge& known);

// What to keep for the next time: of each variable that the wishes name the live value, else the last known
// one.
LastValues values_to_keep(const Wishes& wishes, const HostKnowledge& known);

}  // namespace pyfw
