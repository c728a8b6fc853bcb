// Lines of a difference, held against single packets.

#pragma once

#include <algorithm>
#include <set>
#include <string>

#include "prove/difference.h"
#include "prove/field_values.h"
#include "prove/random_host_for_tests.h"

namespace pyfw {

inline bool covers(const Changed& changed, const Packet& packet) {
  auto is_in = [](const Spans& spans, Point value) {
    return std::ranges::any_of(
        spans, [&](const PointSpan& span) { return span.first <= value && value <= span.last; });
  };
  return is_in(changed.sources, point_of(packet.source)) &&
         is_in(changed.destinations, point_of(packet.destination)) &&
         (changed.ports.empty() || is_in(changed.ports, {.low = packet.destination_port})) &&
         std::ranges::all_of(changed.conditions.only, [&](const auto& only) {
           return is_in(only.second, value_of(only.first, packet));
         });
}

inline std::set<std::string> outcomes_of(const Fates& fates) {
  std::set<std::string> out;
  for (const auto& fate : fates) out.insert(word_of(fate.outcome));
  return out;
}

}  // namespace pyfw
