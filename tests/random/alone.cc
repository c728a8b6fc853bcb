#include "tests/random/alone.h"

#include "prove/callers.h"

namespace pyfw {

std::set<std::string> said_alone(const TracedHost& host, std::span<const Set> sets, const Arrival& arrival) {
  auto free = free_of_callers();
  free.insert(free.end(), {Field::kDestination, Field::kDestinationPort});
  Reach reach(host, sets, arrival.packet.family(), free);
  reach.settle();
  auto ways = reach.ways(arrival, node_of(reach.space(), free, arrival.packet));
  if (!ways) return {ways.error().message};
  std::set<std::string> out;
  for (const auto& region : *ways) out.insert(word_of(region.verdict.outcome));
  return out;
}

}  // namespace pyfw
