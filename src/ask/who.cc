#include "ask/who.h"

#include <algorithm>
#include <memory>

#include "ask/ends.h"

namespace pyfw {
namespace {

bool are_alike(const std::vector<Reaching>& a, const std::vector<Reaching>& b) {
  return std::ranges::equal(a, b, [](const Reaching& one, const Reaching& other) {
    return one.interface == other.interface && one.callers.sources == other.callers.sources &&
           one.callers.conditions == other.callers.conditions &&
           one.callers.questions.size() == other.callers.questions.size();
  });
}

// All services of one family.
class Asker {
 public:
  Asker(const Scene& scene, Family family)
      : scene_(scene),
        names_(scene, family),
        reach_(scene.traced, scene.state.state.sets, family, free_of_callers()) {}

  Reach& reach() { return reach_; }

  Result<std::vector<Reaching>> ask(const Ip& destination, const Service& service) {
    std::vector<Reaching> out;
    auto entries = entries_of(scene_.traced.facts());
    entries.emplace_back();  // the host itself
    for (const auto& entry : entries) {
      auto like = arrival_at(destination, service, entry);
      if (!like) continue;
      TRY(auto called, callers_of(reach_, scene_.traced, *like));
      for (auto& callers : called.callers)
        out.push_back({.interface = entry,
                       .from = names_.call(callers.sources, called.asked, entry),
                       .callers = std::move(callers)});
    }
    return out;
  }

 private:
  std::optional<Arrival> arrival_at(const Ip& destination, const Service& service, const std::string& entry) {
    auto packet = first_packet(destination, service.protocol, service.port);
    if (entry.empty()) {
      auto source = own_source(scene_.traced, destination);
      if (!source) return std::nullopt;
      packet.source = *source;
    }
    return Arrival{.packet = packet, .in_interface = entry};
  }

  const Scene& scene_;
  SourceNames names_;
  Reach reach_;
};

}  // namespace

Result<std::vector<Reached>> who_reaches(const std::vector<Service>& services, const Scene& scene) {
  if (scene.traced.facts().interfaces.empty())
    return fail("nobody knows by which interfaces packets come in here",
                "a state of `pyfw state` on that host holds them: --use-state FILE");
  std::map<Family, std::unique_ptr<Asker>> askers;
  for (const auto& service : services)
    for (const auto& ip : service.destinations) {
      auto& asker = askers[ip.family()];
      if (asker == nullptr) asker = std::make_unique<Asker>(scene, ip.family());
      asker->reach().add_address(ip);
      asker->reach().add_port(service.port);
    }
  for (auto& [family, asker] : askers) asker->reach().settle();
  std::vector<Reached> out;
  for (const auto& service : services) {
    std::vector<Reached> of_service;
    for (const auto& ip : service.destinations) {
      TRY(auto by, askers[ip.family()]->ask(ip, service));
      auto alike =
          std::ranges::find_if(of_service, [&](const Reached& known) { return are_alike(known.by, by); });
      if (alike != of_service.end()) {
        alike->service.destinations.push_back(ip);
        continue;
      }
      of_service.push_back({.service = service, .by = std::move(by)});
      of_service.back().service.destinations = {ip};
    }
    for (auto& reached : of_service) out.push_back(std::move(reached));
  }
  return out;
}

}  // namespace pyfw
