// A field of a packet, as a rule would find it.

#pragma once

#include <cstdint>

#include "ext/conditions.h"
#include "ext/encounter.h"

namespace pyfw {

struct Reading {
  enum class Is : std::uint8_t { kThere, kAbsent, kUnknown };
  Is is = Is::kThere;
  std::uint32_t value = 0;
};

Reading read_number(NumberField field, const Encounter& encounter);
// Null where it is absent.
const Ip* read_address(AddressField field, const Encounter& encounter);
// The MAC of an Ethernet frame that came in; absent for what the host itself sends.
Reading::Is read_source_mac(const Encounter& encounter, Mac& mac);

}  // namespace pyfw
