#include "trial.h"

#include <algorithm>

#include "netlink/netlink_facts.h"
#include "sys/host_settings.h"

namespace pyfw::differential {
namespace {

using Clock = std::chrono::steady_clock;

}  // namespace

Result<Trial> Trial::begin(const Scenario& scenario) {
  TRY(auto stage, Stage::build(scenario.topology));
  TRY(auto loaded, stage.load(rules_of(scenario)));
  TRY(auto facts, read_routing_facts());
  facts.settings = read_settings();
  return Trial(std::move(stage), scenario.topology, state_of(loaded, facts));
}

Result<Verdict> Trial::try_one(const Shipment& shipment) {
  Verdict out;
  auto begin = Clock::now();
  TRY(out.kernel, stage_.send(shipment));
  auto middle = Clock::now();
  auto paths = library_.tell(shipment, topology_, out.kernel);
  spent_.kernel += middle - begin;
  spent_.library += Clock::now() - middle;
  out.was_certain = paths.size() == 1 && paths.front().questions.empty();
  auto same = std::ranges::find_if(
      paths, [&](const Path& path) { return !library_.difference(path, out.kernel, topology_); });
  if (same != paths.end()) {
    library_.keep(*same);
    return out;
  }
  out.difference = library_.difference(paths.front(), out.kernel, topology_);
  for (const auto& path : paths) out.told += library_.in_words(path);
  return out;
}

}  // namespace pyfw::differential
